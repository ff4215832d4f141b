// SPDX-License-Identifier: GPL-2.0-only
/*
 * A region's life: create, publish, refuse or allow removal, free.
 *
 * Lock order: registry lock, then a region's own lock. Nothing is allocated
 * for I/O and no user memory is touched under either.
 */
#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait.h>

#include "client.h"
#include "compat/class.h"
#include "region.h"

#define MEMLANE_MINORS	256

static struct class *memlane_class;
static dev_t memlane_devt;
static DEFINE_IDA(memlane_minors);

/* The registry: keeps names unique. The lock guards the list. */
static DEFINE_MUTEX(memlane_registry_lock);
static LIST_HEAD(memlane_registry);

/* Who has opened a node before it was decided whether there will be a region. */
static DECLARE_WAIT_QUEUE_HEAD(memlane_settled);

/**
 * memlane_fail() - note why a region could not be created
 * @spec: takes the text
 * @err: a negative errno
 * @fmt: what was wrong, without a full stop or a line end
 *
 * Only somebody who may create regions gets here, and not in a loop that
 * could drown the log.
 *
 * Return: @err.
 */
int memlane_fail(struct memlane_spec *spec, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vscnprintf(spec->why, sizeof(spec->why), fmt, args);
	va_end(args);

	pr_notice_ratelimited("memlane: %s: %s (%pe)\n", spec->name, spec->why,
			      ERR_PTR(err));
	return err;
}

/**
 * memlane_check_name() - whether a name can be a region's
 * @name: NUL-terminated
 *
 * The name becomes a file in /dev and in sysfs, and part of URIs and of
 * module parameters: so no separators, and nothing hidden.
 *
 * Return: 0, -EINVAL or -ENAMETOOLONG.
 */
int memlane_check_name(const char *name)
{
	size_t i;

	if (!name[0] || name[0] == '.')
		return -EINVAL;
	for (i = 0; name[i]; i++) {
		if (i == MEMLANE_NAME_SIZE - 1)
			return -ENAMETOOLONG;
		if (!isascii(name[i]) ||
		    (!isalnum(name[i]) && !strchr("._-", name[i])))
			return -EINVAL;
	}
	return 0;
}

static int check_spec(struct memlane_spec *spec)
{
	int err = memlane_check_name(spec->name);

	if (err)
		return memlane_fail(spec, err, "not a legal name");
	err = memlane_check_geometry(spec);
	if (err)
		return err;
	if (!spec->size)
		return memlane_fail(spec, -EINVAL, "the size is 0");
	if (!PAGE_ALIGNED(spec->size))
		return memlane_fail(spec, -EINVAL,
				    "the size is no multiple of %lu bytes",
				    PAGE_SIZE);
	if (spec->size > MAX_LFS_FILESIZE)
		return memlane_fail(spec, spec->has_phys ? -EINVAL : -ENOMEM,
				    "the size is more than a file can have");
	if (spec->has_phys && spec->contiguous)
		return memlane_fail(spec, -EINVAL,
				    "contiguous is for allocated pages only");
	return memlane_check_slots(spec);
}

static void region_release(struct device *dev)
{
	struct memlane_region *region =
		container_of(dev, struct memlane_region, dev);

	iput(region->inode);
	mutex_destroy(&region->lock);
	kfree(region);
}

static struct memlane_region *region_alloc(const struct memlane_spec *spec)
{
	struct memlane_region *region;

	region = kzalloc(sizeof(*region), GFP_KERNEL);
	if (!region)
		return NULL;
	region->inode = memlane_inode_create(spec->size);
	if (IS_ERR(region->inode)) {
		kfree(region);
		return NULL;
	}

	device_initialize(&region->dev);
	region->dev.class = memlane_class;
	region->dev.groups = memlane_region_groups;
	region->dev.release = region_release;
	mutex_init(&region->lock);
	INIT_LIST_HEAD(&region->node);
	strscpy(region->name, spec->name, sizeof(region->name));
	region->size = spec->size;
	region->nr_pages = spec->size >> PAGE_SHIFT;
	region->client = spec->client;
	if (spec->client) {
		region->backing = &memlane_backing_client;
		region->dev.parent = spec->client->dma.dev;
	} else {
		region->dev.parent = spec->parent;
		region->backing = spec->has_phys ? &memlane_backing_reserved :
						   &memlane_backing_pages;
	}
	return region;
}

/* Enter the name first, so that nobody else can take it from here on. */
static int registry_add(struct memlane_region *region)
{
	struct memlane_region *other;
	int err = 0;

	mutex_lock(&memlane_registry_lock);
	list_for_each_entry(other, &memlane_registry, node) {
		if (!strcmp(other->name, region->name))
			err = -EEXIST;
	}
	if (!err)
		list_add_tail(&region->node, &memlane_registry);
	mutex_unlock(&memlane_registry_lock);
	return err;
}

static void registry_del(struct memlane_region *region)
{
	mutex_lock(&memlane_registry_lock);
	list_del_init(&region->node);
	mutex_unlock(&memlane_registry_lock);
}

static int region_publish(struct memlane_region *region)
{
	int minor, err;

	minor = ida_alloc_max(&memlane_minors, MEMLANE_MINORS - 1, GFP_KERNEL);
	if (minor < 0)
		return minor;
	region->dev.devt = memlane_devt + minor;

	err = dev_set_name(&region->dev, "%s", region->name);
	if (err)
		goto free_minor;

	/* Whoever hears of it finds all of it: see announce(). */
	dev_set_uevent_suppress(&region->dev, true);
	cdev_init(&region->cdev, &memlane_fops);
	region->cdev.owner = THIS_MODULE;
	err = cdev_device_add(&region->cdev, &region->dev);
	if (err)
		goto free_minor;
	return 0;

free_minor:
	ida_free(&memlane_minors, minor);
	return err;
}

static void region_unpublish(struct memlane_region *region)
{
	cdev_device_del(&region->cdev, &region->dev);
	ida_free(&memlane_minors, MINOR(region->dev.devt) - MINOR(memlane_devt));
}

static void decide(struct memlane_region *region, enum memlane_life life)
{
	mutex_lock(&region->lock);
	WRITE_ONCE(region->life, life);
	mutex_unlock(&region->lock);
	wake_up_all(&memlane_settled);
}

static void announce(struct memlane_region *region)
{
	dev_set_uevent_suppress(&region->dev, false);
	kobject_uevent(&region->dev.kobj, KOBJ_ADD);
}

/**
 * memlane_region_create() - create a region and its device node
 * @spec: what it shall be; @spec->why tells why not
 *
 * Context: may sleep. CAP_SYS_RAWIO is needed for a physical range.
 * Return: the region, owned by the caller, to be given to
 *	memlane_region_destroy(); or an ERR_PTR: -EINVAL, -ENAMETOOLONG,
 *	-EEXIST, -ENOMEM, -EPERM, -EBUSY, -ENOSPC (no minor left), -EINTR.
 */
struct memlane_region *memlane_region_create(struct memlane_spec *spec)
{
	struct memlane_region *region;
	int err;

	spec->why[0] = '\0';
	err = check_spec(spec);
	if (err)
		return ERR_PTR(err);

	region = region_alloc(spec);
	if (!region)
		return ERR_PTR(memlane_fail(spec, -ENOMEM, "out of memory"));

	err = registry_add(region);
	if (err) {
		memlane_fail(spec, err, "there is a region of this name");
		goto put;
	}

	err = region->backing->create(region, spec);
	if (err)
		goto unregister;
	region->nr_runs = memlane_pages_runs(&region->pages);
	region->huge = memlane_enter_folios(region);

	err = memlane_sync_create(region, spec);
	if (err)
		goto destroy_backing;

	err = memlane_ring_create(region, spec);
	if (err)
		goto free_sync;
	if (spec->client)
		region->ring->producer = &spec->client->file;

	err = memlane_screen_create(region, spec);
	if (err)
		goto free_ring;

	err = region_publish(region);
	if (err) {
		memlane_fail(spec, err, "no device node could be made");
		goto free_screen;
	}

	err = memlane_screen_publish(region);
	if (err) {
		memlane_fail(spec, err, "no framebuffer could be registered");
		goto unpublish;
	}

	decide(region, MEMLANE_ALIVE);
	announce(region);
	return region;

unpublish:
	decide(region, MEMLANE_DEAD);
	region_unpublish(region);
free_screen:
	memlane_screen_free(region);
free_ring:
	memlane_ring_free(region);
free_sync:
	memlane_sync_free(region);
destroy_backing:
	region->backing->destroy(region);
unregister:
	registry_del(region);
put:
	put_device(&region->dev);
	return ERR_PTR(err);
}

/* The memory; the struct is there as long as its device is held. */
static void free_memory(struct memlane_region *region)
{
	memlane_ring_free(region);
	memlane_sync_free(region);
	region->backing->destroy(region);
}

static int region_kill(struct memlane_region *region)
{
	int err = 0;

	mutex_lock(&region->lock);
	if (region->users || region->backing->busy(region))
		err = -EBUSY;
	else
		WRITE_ONCE(region->life, MEMLANE_DEAD);
	mutex_unlock(&region->lock);
	return err;
}

/**
 * memlane_region_destroy() - remove a region that nobody uses
 * @region: the region; gone if this succeeds
 *
 * Context: may sleep.
 * Return: 0, or -EBUSY while it is open, mapped or saving, or while pages of
 *	a reserved range are still pinned by somebody (a pipe, a device).
 */
int memlane_region_destroy(struct memlane_region *region)
{
	int err = region_kill(region);

	if (err)
		return err;

	memlane_screen_unpublish(region);
	region_unpublish(region);
	memlane_screen_free(region);
	/* Before the name is free again: the next owner may want this range. */
	free_memory(region);
	registry_del(region);
	put_device(&region->dev);
	return 0;
}

/**
 * memlane_region_destroy_waiting() - remove a region for good
 * @region: the region
 *
 * For unloading, which cannot fail: no file is open then, but pages of a
 * reserved range may still be pinned by a pipe or by I/O until they are let go.
 *
 * Context: may sleep.
 */
void memlane_region_destroy_waiting(struct memlane_region *region)
{
	while (memlane_region_destroy(region))
		msleep(20);
}

/**
 * memlane_region_hide() - let nobody else in
 * @region: the region, which may be in use; it has no screen
 *
 * The node and sysfs are gone afterwards. Whoever has it open keeps it.
 *
 * Context: may sleep.
 */
void memlane_region_hide(struct memlane_region *region)
{
	decide(region, MEMLANE_DEAD);
	region_unpublish(region);
}

/**
 * memlane_region_abandon() - leave a region to its users
 * @region: the region, hidden; not the caller's any more
 *
 * Its name is free again at once, its memory when the last file is closed.
 *
 * Context: may sleep.
 */
void memlane_region_abandon(struct memlane_region *region)
{
	bool unused;

	registry_del(region);
	mutex_lock(&region->lock);
	region->orphan = true;
	unused = !region->users;
	mutex_unlock(&region->lock);
	if (unused)
		free_memory(region);
	put_device(&region->dev);
}

/**
 * memlane_region_settle() - wait until a region is made, or is not
 * @region: the region; its device must be held
 *
 * Its node is seen a moment before all of it works.
 *
 * Context: may sleep, with no lock held that making a region takes.
 * Return: 0, or -ERESTARTSYS for a fatal signal.
 */
int memlane_region_settle(struct memlane_region *region)
{
	return wait_event_killable(memlane_settled, READ_ONCE(region->life) !=
							    MEMLANE_MAKING);
}

/**
 * memlane_region_get() - become a user of a region
 * @region: the region; its device must be held
 *
 * While it is being made, only /dev/fbN comes here: that can be opened when it
 * is registered, which is the last that could have failed. It cannot wait, since
 * fbdev holds a lock then that registering the next framebuffer may take.
 *
 * Return: 0, or -ENODEV while it is being removed.
 */
int memlane_region_get(struct memlane_region *region)
{
	int err = 0;

	mutex_lock(&region->lock);
	if (region->life == MEMLANE_DEAD)
		err = -ENODEV;
	else
		region->users++;
	mutex_unlock(&region->lock);
	return err;
}

/**
 * memlane_region_put() - cease to be a user
 * @region: the region; its device must be held
 *
 * Nobody comes in after the last user of an orphan, since it is dead.
 */
void memlane_region_put(struct memlane_region *region)
{
	bool last;

	mutex_lock(&region->lock);
	last = !--region->users && region->orphan;
	mutex_unlock(&region->lock);
	if (last)
		free_memory(region);
}

static char *memlane_devnode(MEMLANE_DEVNODE_CONST struct device *dev,
			     umode_t *mode)
{
	return kasprintf(GFP_KERNEL, "memlane/%s", dev_name(dev));
}

int __init memlane_region_init(void)
{
	int err;

	err = alloc_chrdev_region(&memlane_devt, 0, MEMLANE_MINORS, "memlane");
	if (err)
		return err;

	memlane_class = memlane_class_create("memlane");
	if (IS_ERR(memlane_class)) {
		unregister_chrdev_region(memlane_devt, MEMLANE_MINORS);
		return PTR_ERR(memlane_class);
	}
	memlane_class->devnode = memlane_devnode;
	return 0;
}

void memlane_region_exit(void)
{
	class_destroy(memlane_class);
	unregister_chrdev_region(memlane_devt, MEMLANE_MINORS);
	ida_destroy(&memlane_minors);
}
