// SPDX-License-Identifier: GPL-2.0-only
/*
 * A region as a framebuffer: its life, what is counted as a frame, and what
 * sysfs tells of it. What fbdev calls is in fbops.c.
 *
 * A frame is a flip, or a refresh when something may have changed: somebody
 * has the memory mapped for writing, or wrote since the last one. No timer runs
 * for that. Who wants to know reads the count, and what has become due is
 * counted then; flips wake who polls.
 */
#include <linux/device.h>
#include <linux/fb.h>
#include <linux/hrtimer.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/vmalloc.h>

#include "fbops.h"
#include "region.h"
#include "screen.h"

static struct memlane_screen *to_screen(struct device *dev)
{
	return container_of(dev, struct memlane_region, dev)->screen;
}

static u64 period_of(const struct memlane_screen *screen)
{
	return div_u64(NSEC_PER_SEC, screen->refresh);
}

/* When the refresh began that goes on at @now; refreshes begin on a grid. */
static ktime_t refresh_start(const struct memlane_screen *screen, ktime_t now)
{
	u64 late;

	div64_u64_rem(ktime_sub(now, screen->epoch), period_of(screen), &late);
	return ktime_sub_ns(now, late);
}

static bool may_have_changed(const struct memlane_screen *screen)
{
	return screen->touched || atomic_read(&screen->maps);
}

/* Counts the refresh that has become due, if one has. */
static u64 count_frames(struct memlane_screen *screen)
{
	unsigned long flags;
	ktime_t start;
	u64 frames;

	spin_lock_irqsave(&screen->lock, flags);
	start = refresh_start(screen, ktime_get());
	if (may_have_changed(screen) && ktime_after(start, screen->counted)) {
		screen->counted = start;
		screen->touched = false;
		screen->frames++;
	}
	frames = screen->frames;
	spin_unlock_irqrestore(&screen->lock, flags);
	return frames;
}

/* Called with the lock held. */
static void count_frame(struct memlane_screen *screen, ktime_t now)
{
	screen->counted = refresh_start(screen, now);
	screen->touched = false;
	screen->frames++;
}

static void wake(struct memlane_screen *screen)
{
	if (screen->notify)
		sysfs_notify_dirent(screen->notify);
}

/**
 * memlane_screen_renew() - count a frame and wake who waits for one
 * @screen: the screen, which looks otherwise from now on
 *
 * Context: any.
 */
void memlane_screen_renew(struct memlane_screen *screen)
{
	unsigned long flags;

	spin_lock_irqsave(&screen->lock, flags);
	count_frame(screen, ktime_get());
	spin_unlock_irqrestore(&screen->lock, flags);
	wake(screen);
}

/**
 * memlane_screen_flip() - as memlane_screen_renew(), by showing another part
 * @screen: the screen
 * @offset: of the first byte shown
 *
 * Context: any.
 */
void memlane_screen_flip(struct memlane_screen *screen, u32 offset)
{
	unsigned long flags;

	spin_lock_irqsave(&screen->lock, flags);
	screen->flipped = ktime_get();
	screen->flips++;
	screen->offset = offset;
	count_frame(screen, screen->flipped);
	spin_unlock_irqrestore(&screen->lock, flags);
	wake(screen);
}

/**
 * memlane_screen_wait() - wait until the next refresh begins
 * @screen: the screen
 *
 * Return: 0, or -ERESTARTSYS for a signal.
 */
int memlane_screen_wait(struct memlane_screen *screen)
{
	ktime_t next = ktime_add_ns(refresh_start(screen, ktime_get()),
				    period_of(screen));

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!schedule_hrtimeout(&next, HRTIMER_MODE_ABS))
			return 0;
		if (signal_pending(current))
			return -ERESTARTSYS;
	}
}

/**
 * memlane_screen_touch() - note that memory was written
 * @region: the region, with a screen or without; the writing is over
 *
 * Context: any.
 */
void memlane_screen_touch(struct memlane_region *region)
{
	struct memlane_screen *screen = region->screen;
	unsigned long flags;

	if (!screen)
		return;
	spin_lock_irqsave(&screen->lock, flags);
	screen->touched = true;
	spin_unlock_irqrestore(&screen->lock, flags);
}

/**
 * memlane_screen_map() - note that somebody can write as he likes from now on
 * @region: the region, with a screen or without
 */
void memlane_screen_map(struct memlane_region *region)
{
	if (region->screen)
		atomic_inc(&region->screen->maps);
}

/**
 * memlane_screen_unmap() - note that he no longer can
 * @region: the region, with a screen or without
 */
void memlane_screen_unmap(struct memlane_region *region)
{
	if (!region->screen)
		return;
	memlane_screen_touch(region);
	atomic_dec(&region->screen->maps);
}

/*
 * fbdev's drawing functions, which the console uses, want the memory in one
 * piece of the kernel's address space.
 */
static void *map_region(const struct memlane_region *region, u32 bytes)
{
	unsigned long nr = bytes >> PAGE_SHIFT, i;
	struct page **pages = kvmalloc_array(nr, sizeof(*pages), GFP_KERNEL);
	void *addr;

	if (!pages)
		return NULL;
	for (i = 0; i < nr; i++)
		pages[i] = memlane_page(region, i);
	addr = vmap(pages, nr, VM_MAP, PAGE_KERNEL);
	kvfree(pages);
	return addr;
}

static struct memlane_screen *screen_alloc(struct memlane_region *region,
					   const struct memlane_geometry *geo)
{
	struct memlane_screen *screen;
	struct fb_info *info = framebuffer_alloc(sizeof(*screen), &region->dev);

	if (!info)
		return NULL;
	screen = info->par;
	screen->info = info;
	screen->region = region;
	screen->refresh = geo->refresh;
	screen->epoch = ktime_get();
	screen->counted = screen->epoch;
	spin_lock_init(&screen->lock);
	init_completion(&screen->gone);
	return screen;
}

/**
 * memlane_screen_create() - make a region's screen, unseen as yet
 * @region: the region, which has its pages; its screen stays NULL if @spec
 *	has no geometry
 * @spec: checked by memlane_check_geometry()
 *
 * Return: 0 or -ENOMEM.
 */
int memlane_screen_create(struct memlane_region *region,
			  struct memlane_spec *spec)
{
	struct memlane_screen *screen;
	struct fb_info *info;

	if (!spec->geometry.width)
		return 0;
	screen = screen_alloc(region, &spec->geometry);
	if (!screen)
		return memlane_fail(spec, -ENOMEM, "out of memory");

	info = screen->info;
	memlane_fb_init(screen, &spec->geometry);
	if (fb_alloc_cmap(&info->cmap, MEMLANE_COLOURS, 0))
		goto release;
	memlane_fb_grays(&info->cmap);
	info->screen_buffer = map_region(region, info->fix.smem_len);
	if (!info->screen_buffer)
		goto free_cmap;
	region->screen = screen;
	return 0;

free_cmap:
	fb_dealloc_cmap(&info->cmap);
release:
	framebuffer_release(info);
	return memlane_fail(spec, -ENOMEM,
			    "the kernel has no room to map the framebuffer");
}

/**
 * memlane_screen_unpublish() - take /dev/fbN away
 * @region: the region, dead: nobody but the console can have it open
 *
 * The console lets go. Somebody may just be finding out that he cannot open
 * it any more; he is waited for.
 */
void memlane_screen_unpublish(struct memlane_region *region)
{
	struct memlane_screen *screen = region->screen;

	if (!screen)
		return;
	unregister_framebuffer(screen->info);
	wait_for_completion(&screen->gone);
	sysfs_put(screen->notify);
}

/**
 * memlane_screen_publish() - make it /dev/fbN
 * @region: the region, published
 *
 * Return: 0 or what register_framebuffer() says.
 */
int memlane_screen_publish(struct memlane_region *region)
{
	struct memlane_screen *screen = region->screen;
	int err;

	if (!screen)
		return 0;
	screen->notify = sysfs_get_dirent(region->dev.kobj.sd, "frames");
	err = register_framebuffer(screen->info);
	if (!err)
		return 0;
	/*
	 * A console that would not start leaves it registered all the same, and
	 * somebody may have it open: a screen without a console is one, too.
	 */
	if (screen->info->dev)
		return 0;
	sysfs_put(screen->notify);
	return err;
}

/**
 * memlane_screen_free() - free what memlane_screen_create() made
 * @region: the region, which sysfs no longer shows
 */
void memlane_screen_free(struct memlane_region *region)
{
	struct memlane_screen *screen = region->screen;
	struct fb_info *info;

	if (!screen)
		return;
	info = screen->info;
	region->screen = NULL;
	vunmap(info->screen_buffer);
	fb_dealloc_cmap(&info->cmap);
	framebuffer_release(info);
}

static ssize_t geometry_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	const struct fb_var_screeninfo *var = &to_screen(dev)->info->var;

	return sysfs_emit(buf, "%ux%u\n", READ_ONCE(var->xres),
			  READ_ONCE(var->yres));
}
static DEVICE_ATTR_RO(geometry);

static ssize_t format_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	const struct fb_var_screeninfo *var = &to_screen(dev)->info->var;
	int format = memlane_format_of_bits(READ_ONCE(var->bits_per_pixel));

	return sysfs_emit(buf, "%s\n", memlane_format_name(format));
}
static DEVICE_ATTR_RO(format);

static ssize_t stride_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	const struct fb_fix_screeninfo *fix = &to_screen(dev)->info->fix;

	return sysfs_emit(buf, "%u\n", READ_ONCE(fix->line_length));
}
static DEVICE_ATTR_RO(stride);

static ssize_t rows_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	const struct fb_var_screeninfo *var = &to_screen(dev)->info->var;

	return sysfs_emit(buf, "%u\n", READ_ONCE(var->yres_virtual));
}
static DEVICE_ATTR_RO(rows);

static ssize_t refresh_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%u\n", to_screen(dev)->refresh);
}
static DEVICE_ATTR_RO(refresh);

static ssize_t blank_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(to_screen(dev)->blank));
}
static DEVICE_ATTR_RO(blank);

static ssize_t frames_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%llu\n", count_frames(to_screen(dev)));
}
static DEVICE_ATTR_RO(frames);

/* One line, so that the numbers are of one moment. */
static ssize_t flip_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct memlane_screen *screen = to_screen(dev);
	unsigned long flags;
	u64 flips, time;
	u32 offset;

	spin_lock_irqsave(&screen->lock, flags);
	flips = screen->flips;
	offset = screen->offset;
	time = ktime_to_ns(screen->flipped);
	spin_unlock_irqrestore(&screen->lock, flags);
	return sysfs_emit(buf, "%llu %u %llu\n", flips, offset, time);
}
static DEVICE_ATTR_RO(flip);

static struct attribute *memlane_screen_attrs[] = {
	&dev_attr_geometry.attr,
	&dev_attr_format.attr,
	&dev_attr_stride.attr,
	&dev_attr_rows.attr,
	&dev_attr_refresh.attr,
	&dev_attr_blank.attr,
	&dev_attr_frames.attr,
	&dev_attr_flip.attr,
	NULL
};

static umode_t memlane_screen_visible(struct kobject *kobj,
				      struct attribute *attr, int n)
{
	return to_screen(kobj_to_dev(kobj)) ? attr->mode : 0;
}

const struct attribute_group memlane_screen_group = {
	.attrs = memlane_screen_attrs,
	.is_visible = memlane_screen_visible,
};
