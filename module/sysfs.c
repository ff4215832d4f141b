// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a region is and what it has done: /sys/class/memlane/NAME/.
 */
#include <linux/device.h>
#include <linux/sysfs.h>

#include "region.h"

static struct memlane_region *to_region(struct device *dev)
{
	return container_of(dev, struct memlane_region, dev);
}

static ssize_t size_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%llu\n", to_region(dev)->size);
}
static DEVICE_ATTR_RO(size);

static ssize_t kind_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	static const char * const names[] = {
		[MEMLANE_KIND_PAGES] = "pages",
		[MEMLANE_KIND_RESERVED] = "reserved",
		[MEMLANE_KIND_CLIENT] = "client",
	};

	return sysfs_emit(buf, "%s\n", names[to_region(dev)->backing->kind]);
}
static DEVICE_ATTR_RO(kind);

static ssize_t segments_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "%llu\n", to_region(dev)->nr_runs);
}
static DEVICE_ATTR_RO(segments);

static ssize_t phys_addr_show(struct device *dev,
			      struct device_attribute *attr, char *buf)
{
	phys_addr_t addr = memlane_phys(to_region(dev));

	return sysfs_emit(buf, "%pa\n", &addr);
}
static DEVICE_ATTR_ADMIN_RO(phys_addr);

/* Whether SYNC has nothing to do. */
static ssize_t coherent_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "%d\n", !to_region(dev)->dma.dev);
}
static DEVICE_ATTR_RO(coherent);

static ssize_t open_count_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	struct memlane_region *region = to_region(dev);
	unsigned int users;

	mutex_lock(&region->lock);
	users = region->users;
	mutex_unlock(&region->lock);
	return sysfs_emit(buf, "%u\n", users);
}
static DEVICE_ATTR_RO(open_count);

/* A counter's attribute knows where in the region the counter is. */
static ssize_t counter_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct dev_ext_attribute *counter =
		container_of(attr, struct dev_ext_attribute, attr);
	void *region = to_region(dev);
	atomic64_t *value = region + (size_t)counter->var;

	return sysfs_emit(buf, "%lld\n", atomic64_read(value));
}

#define COUNTER_ATTR(_name, _counter)					\
static struct dev_ext_attribute dev_attr_##_name = {			\
	.attr = __ATTR(_name, 0444, counter_show, NULL),		\
	.var = (void *)offsetof(struct memlane_region, _counter),	\
}

COUNTER_ATTR(saves, saved.calls);
COUNTER_ATTR(saved_bytes, saved.bytes);
COUNTER_ATTR(save_errors, saved.errors);
COUNTER_ATTR(loads, loaded.calls);
COUNTER_ATTR(loaded_bytes, loaded.bytes);
COUNTER_ATTR(load_errors, loaded.errors);

static struct attribute *memlane_region_attrs[] = {
	&dev_attr_size.attr,
	&dev_attr_kind.attr,
	&dev_attr_segments.attr,
	&dev_attr_phys_addr.attr,
	&dev_attr_coherent.attr,
	&dev_attr_open_count.attr,
	&dev_attr_saves.attr.attr,
	&dev_attr_saved_bytes.attr.attr,
	&dev_attr_save_errors.attr.attr,
	&dev_attr_loads.attr.attr,
	&dev_attr_loaded_bytes.attr.attr,
	&dev_attr_load_errors.attr.attr,
	NULL
};

static const struct attribute_group memlane_region_group = {
	.attrs = memlane_region_attrs,
};

const struct attribute_group *memlane_region_groups[] = {
	&memlane_region_group,
	&memlane_ring_group,
#if MEMLANE_HAS_FB
	&memlane_screen_group,
#endif
	NULL
};
