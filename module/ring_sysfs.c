// SPDX-License-Identifier: GPL-2.0-only
/*
 * What sysfs tells of a frame ring.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/sysfs.h>

#include "region.h"
#include "ring.h"

static struct memlane_ring *to_ring(struct device *dev)
{
	return container_of(dev, struct memlane_region, dev)->ring;
}

static ssize_t slot_size_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	return sysfs_emit(buf, "%u\n", to_ring(dev)->slot_size);
}
static DEVICE_ATTR_RO(slot_size);

static ssize_t slots_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%u\n", to_ring(dev)->slots.nr);
}
static DEVICE_ATTR_RO(slots);

static ssize_t policy_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  memlane_policy_names[READ_ONCE(to_ring(dev)->slots.policy)]);
}
static DEVICE_ATTR_RO(policy);

/* One line, so that the numbers are of one moment. */
static ssize_t ring_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct memlane_ring_status now;

	memlane_ring_get_status(to_ring(dev), &now);
	return sysfs_emit(buf, "%llu %llu %llu %u %u %u\n", now.committed,
			  now.delivered, now.dropped, now.waiting, now.filling,
			  now.held);
}
static DEVICE_ATTR_RO(ring);

static struct attribute *memlane_ring_attrs[] = {
	&dev_attr_slot_size.attr,
	&dev_attr_slots.attr,
	&dev_attr_policy.attr,
	&dev_attr_ring.attr,
	NULL
};

static umode_t memlane_ring_visible(struct kobject *kobj,
				    struct attribute *attr, int n)
{
	return to_ring(kobj_to_dev(kobj)) ? attr->mode : 0;
}

const struct attribute_group memlane_ring_group = {
	.attrs = memlane_ring_attrs,
	.is_visible = memlane_ring_visible,
};
