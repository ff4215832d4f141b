// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions made at run time: a directory in configfs's memlane folder is a
 * region to be; writing 1 to its "live" makes it, writing 0 removes it.
 */
#include <linux/configfs.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "region.h"

/**
 * struct memlane_item - a directory
 * @item: configfs's part, holds the reference count
 * @lock: guards everything below
 * @spec: the attributes
 * @region: the region while live
 */
struct memlane_item {
	struct config_item item;
	struct mutex lock; /* everything below */
	struct memlane_spec spec;
	struct memlane_region *region;
};

static struct configfs_subsystem memlane_subsys;

static struct memlane_item *to_memlane_item(struct config_item *item)
{
	return container_of(item, struct memlane_item, item);
}

/* The attributes describe a region to be: they stand still while it lives. */
static int lock_unless_live(struct memlane_item *this)
{
	mutex_lock(&this->lock);
	if (!this->region)
		return 0;
	mutex_unlock(&this->lock);
	return -EBUSY;
}

static ssize_t memlane_size_show(struct config_item *item, char *page)
{
	struct memlane_item *this = to_memlane_item(item);
	u64 size;

	mutex_lock(&this->lock);
	size = this->spec.size;
	mutex_unlock(&this->lock);
	return sysfs_emit(page, "%llu\n", size);
}

static ssize_t memlane_size_store(struct config_item *item, const char *page,
				  size_t count)
{
	struct memlane_item *this = to_memlane_item(item);
	u64 size;
	int err;

	err = memlane_parse_bytes(page, &size);
	if (!err && (!size || !PAGE_ALIGNED(size)))
		err = -EINVAL;
	if (!err)
		err = lock_unless_live(this);
	if (err)
		return err;
	this->spec.size = size;
	mutex_unlock(&this->lock);
	return count;
}

static ssize_t memlane_phys_addr_show(struct config_item *item, char *page)
{
	struct memlane_item *this = to_memlane_item(item);
	ssize_t len;

	mutex_lock(&this->lock);
	if (this->spec.has_phys)
		len = sysfs_emit(page, "%#llx\n", this->spec.phys_addr);
	else
		len = sysfs_emit(page, "none\n");
	mutex_unlock(&this->lock);
	return len;
}

static ssize_t memlane_phys_addr_store(struct config_item *item,
				       const char *page, size_t count)
{
	struct memlane_item *this = to_memlane_item(item);
	bool has_phys = !sysfs_streq(page, "none");
	u64 phys_addr = 0;
	int err = 0;

	if (has_phys)
		err = memlane_parse_bytes(page, &phys_addr);
	if (!err)
		err = lock_unless_live(this);
	if (err)
		return err;
	this->spec.has_phys = has_phys;
	this->spec.phys_addr = phys_addr;
	mutex_unlock(&this->lock);
	return count;
}

static ssize_t memlane_contiguous_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", to_memlane_item(item)->spec.contiguous);
}

static ssize_t memlane_contiguous_store(struct config_item *item,
					const char *page, size_t count)
{
	struct memlane_item *this = to_memlane_item(item);
	bool contiguous;
	int err;

	err = kstrtobool(page, &contiguous);
	if (!err)
		err = lock_unless_live(this);
	if (err)
		return err;
	this->spec.contiguous = contiguous;
	mutex_unlock(&this->lock);
	return count;
}

static ssize_t memlane_geometry_show(struct config_item *item, char *page)
{
	struct memlane_item *this = to_memlane_item(item);
	ssize_t len;

	mutex_lock(&this->lock);
	if (this->spec.geometry.width)
		len = sysfs_emit(page, "%ux%u\n", this->spec.geometry.width,
				 this->spec.geometry.height);
	else
		len = sysfs_emit(page, "none\n");
	mutex_unlock(&this->lock);
	return len;
}

static ssize_t memlane_geometry_store(struct config_item *item,
				      const char *page, size_t count)
{
	struct memlane_item *this = to_memlane_item(item);
	u32 width = 0, height = 0;
	int err = 0;

	if (!sysfs_streq(page, "none"))
		err = memlane_parse_geometry(page, &width, &height);
	if (!err)
		err = lock_unless_live(this);
	if (err)
		return err;
	this->spec.geometry.width = width;
	this->spec.geometry.height = height;
	mutex_unlock(&this->lock);
	return count;
}

static ssize_t memlane_format_show(struct config_item *item, char *page)
{
	struct memlane_item *this = to_memlane_item(item);
	enum memlane_format format = READ_ONCE(this->spec.geometry.format);

	return sysfs_emit(page, "%s\n", memlane_format_name(format));
}

static ssize_t memlane_format_store(struct config_item *item, const char *page,
				    size_t count)
{
	struct memlane_item *this = to_memlane_item(item);
	enum memlane_format format;
	int err;

	err = memlane_parse_format(page, &format);
	if (!err)
		err = lock_unless_live(this);
	if (err)
		return err;
	WRITE_ONCE(this->spec.geometry.format, format);
	mutex_unlock(&this->lock);
	return count;
}

static int store_count(struct memlane_item *this, const char *page, u32 most,
		       u32 *target)
{
	u32 value;
	int err;

	err = kstrtou32(page, 0, &value);
	if (!err && (!value || value > most))
		err = -EINVAL;
	if (!err)
		err = lock_unless_live(this);
	if (err)
		return err;
	WRITE_ONCE(*target, value);
	mutex_unlock(&this->lock);
	return 0;
}

static ssize_t memlane_pages_show(struct config_item *item, char *page)
{
	struct memlane_item *this = to_memlane_item(item);

	return sysfs_emit(page, "%u\n", READ_ONCE(this->spec.geometry.pages));
}

static ssize_t memlane_pages_store(struct config_item *item, const char *page,
				   size_t count)
{
	struct memlane_item *this = to_memlane_item(item);

	return store_count(this, page, MEMLANE_SIDE_MAX / MEMLANE_SIDE_MIN,
			   &this->spec.geometry.pages) ?: count;
}

static ssize_t memlane_refresh_show(struct config_item *item, char *page)
{
	struct memlane_item *this = to_memlane_item(item);

	return sysfs_emit(page, "%u\n", READ_ONCE(this->spec.geometry.refresh));
}

static ssize_t memlane_refresh_store(struct config_item *item,
				     const char *page, size_t count)
{
	struct memlane_item *this = to_memlane_item(item);

	return store_count(this, page, MEMLANE_REFRESH_MAX,
			   &this->spec.geometry.refresh) ?: count;
}

static ssize_t memlane_slot_size_show(struct config_item *item, char *page)
{
	struct memlane_item *this = to_memlane_item(item);

	return sysfs_emit(page, "%u\n", READ_ONCE(this->spec.slot_size));
}

static ssize_t memlane_slot_size_store(struct config_item *item,
				       const char *page, size_t count)
{
	struct memlane_item *this = to_memlane_item(item);
	u64 size;
	int err;

	err = memlane_parse_bytes(page, &size);
	if (!err && (!PAGE_ALIGNED(size) || size > U32_MAX))
		err = -EINVAL;
	if (!err)
		err = lock_unless_live(this);
	if (err)
		return err;
	WRITE_ONCE(this->spec.slot_size, size);
	mutex_unlock(&this->lock);
	return count;
}

static ssize_t memlane_policy_show(struct config_item *item, char *page)
{
	struct memlane_item *this = to_memlane_item(item);
	enum memlane_drop_policy policy = READ_ONCE(this->spec.policy);

	return sysfs_emit(page, "%s\n", memlane_policy_names[policy]);
}

static ssize_t memlane_policy_store(struct config_item *item, const char *page,
				    size_t count)
{
	struct memlane_item *this = to_memlane_item(item);
	enum memlane_drop_policy policy;
	int err;

	err = memlane_parse_policy(page, &policy);
	if (!err)
		err = lock_unless_live(this);
	if (err)
		return err;
	WRITE_ONCE(this->spec.policy, policy);
	mutex_unlock(&this->lock);
	return count;
}

static ssize_t memlane_error_show(struct config_item *item, char *page)
{
	struct memlane_item *this = to_memlane_item(item);
	ssize_t len;

	mutex_lock(&this->lock);
	len = sysfs_emit(page, "%s\n", this->spec.why);
	mutex_unlock(&this->lock);
	return len;
}

static ssize_t memlane_live_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n",
			  !!READ_ONCE(to_memlane_item(item)->region));
}

/*
 * A live directory cannot be removed: configfs counts the dependence. It comes
 * first, since it can be undone at any time and a region that is open cannot.
 */
static int item_start(struct memlane_item *this)
{
	/* What the region makes of it is not what was asked for. */
	struct memlane_spec spec = this->spec;
	struct memlane_region *region;
	int err;

	err = configfs_depend_item_unlocked(&memlane_subsys, &this->item);
	if (err)
		return err;

	region = memlane_region_create(&spec);
	strscpy(this->spec.why, spec.why, sizeof(this->spec.why));
	if (IS_ERR(region)) {
		configfs_undepend_item(&this->item);
		return PTR_ERR(region);
	}
	WRITE_ONCE(this->region, region);
	return 0;
}

static int item_stop(struct memlane_item *this)
{
	int err = memlane_region_destroy(this->region);

	if (err)
		return err;
	WRITE_ONCE(this->region, NULL);
	configfs_undepend_item(&this->item);
	return 0;
}

static ssize_t memlane_live_store(struct config_item *item, const char *page,
				  size_t count)
{
	struct memlane_item *this = to_memlane_item(item);
	bool live;
	int err;

	err = kstrtobool(page, &live);
	if (err)
		return err;

	mutex_lock(&this->lock);
	if (live && !this->region)
		err = item_start(this);
	else if (!live && this->region)
		err = item_stop(this);
	mutex_unlock(&this->lock);
	return err ?: count;
}

CONFIGFS_ATTR(memlane_, size);
CONFIGFS_ATTR(memlane_, phys_addr);
CONFIGFS_ATTR(memlane_, contiguous);
CONFIGFS_ATTR(memlane_, geometry);
CONFIGFS_ATTR(memlane_, format);
CONFIGFS_ATTR(memlane_, pages);
CONFIGFS_ATTR(memlane_, refresh);
CONFIGFS_ATTR(memlane_, slot_size);
CONFIGFS_ATTR(memlane_, policy);
CONFIGFS_ATTR(memlane_, live);
CONFIGFS_ATTR_RO(memlane_, error);

static struct configfs_attribute *memlane_item_attrs[] = {
	&memlane_attr_size,
	&memlane_attr_phys_addr,
	&memlane_attr_contiguous,
	&memlane_attr_geometry,
	&memlane_attr_format,
	&memlane_attr_pages,
	&memlane_attr_refresh,
	&memlane_attr_slot_size,
	&memlane_attr_policy,
	&memlane_attr_live,
	&memlane_attr_error,
	NULL
};

static void memlane_item_release(struct config_item *item)
{
	struct memlane_item *this = to_memlane_item(item);

	mutex_destroy(&this->lock);
	kfree(this);
}

static struct configfs_item_operations memlane_item_ops = {
	.release = memlane_item_release,
};

static const struct config_item_type memlane_item_type = {
	.ct_item_ops = &memlane_item_ops,
	.ct_attrs = memlane_item_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_item *memlane_make_item(struct config_group *group,
					     const char *name)
{
	struct memlane_item *this;
	int err;

	err = memlane_check_name(name);
	if (err)
		return ERR_PTR(err);

	this = kzalloc(sizeof(*this), GFP_KERNEL);
	if (!this)
		return ERR_PTR(-ENOMEM);
	mutex_init(&this->lock);
	strscpy(this->spec.name, name, sizeof(this->spec.name));
	this->spec.geometry.pages = 1;
	this->spec.geometry.refresh = 60;
	config_item_init_type_name(&this->item, name, &memlane_item_type);
	return &this->item;
}

static struct configfs_group_operations memlane_group_ops = {
	.make_item = memlane_make_item,
};

static const struct config_item_type memlane_group_type = {
	.ct_group_ops = &memlane_group_ops,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem memlane_subsys = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "memlane",
			.ci_type = &memlane_group_type,
		},
	},
};

int __init memlane_configfs_init(void)
{
	config_group_init(&memlane_subsys.su_group);
	mutex_init(&memlane_subsys.su_mutex);
	return configfs_register_subsystem(&memlane_subsys);
}

void memlane_configfs_exit(void)
{
	configfs_unregister_subsystem(&memlane_subsys);
	mutex_destroy(&memlane_subsys.su_mutex);
}
