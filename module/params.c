// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions made at load: regions=NAME:SIZE[@PHYS][:contiguous],...
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "region.h"

#define MEMLANE_PARAM_REGIONS	32

static char *regions[MEMLANE_PARAM_REGIONS];
static unsigned int regions_nr;
module_param_array(regions, charp, &regions_nr, 0444);
MODULE_PARM_DESC(regions, "NAME:SIZE[@PHYS][:contiguous],... made at load");

/* What the parameter made; written at load and unload only. */
static struct memlane_region *made[MEMLANE_PARAM_REGIONS];

static int parse_extent(char *text, struct memlane_spec *spec)
{
	char *size = strsep(&text, "@");
	int err = memlane_parse_bytes(size, &spec->size);

	if (err || !text)
		return err;
	spec->has_phys = true;
	return memlane_parse_bytes(text, &spec->phys_addr);
}

static int parse_region(char *text, struct memlane_spec *spec)
{
	char *name = strsep(&text, ":");
	char *extent = strsep(&text, ":");

	if (!extent || strscpy(spec->name, name, sizeof(spec->name)) < 0)
		return -EINVAL;
	if (text) {
		if (strcmp(text, "contiguous"))
			return -EINVAL;
		spec->contiguous = true;
	}
	return parse_extent(extent, spec);
}

static struct memlane_region *create_one(const char *param)
{
	struct memlane_spec spec = {};
	struct memlane_region *region;
	char *text = kstrdup(param, GFP_KERNEL);
	int err;

	if (!text)
		return ERR_PTR(-ENOMEM);
	err = parse_region(text, &spec);
	if (err) {
		pr_err("memlane: regions: '%s' is not NAME:SIZE[@PHYS][:contiguous]\n",
		       param);
		region = ERR_PTR(err);
	} else {
		region = memlane_region_create(&spec);
	}
	kfree(text);
	return region;
}

/**
 * memlane_params_create() - make the regions that the parameter names
 *
 * Return: 0, or the first failure's errno with none of them left.
 */
int __init memlane_params_create(void)
{
	unsigned int i;

	for (i = 0; i < regions_nr; i++) {
		struct memlane_region *region = create_one(regions[i]);

		if (IS_ERR(region)) {
			memlane_params_destroy();
			return PTR_ERR(region);
		}
		made[i] = region;
	}
	return 0;
}

/**
 * memlane_params_destroy() - remove them again
 */
void memlane_params_destroy(void)
{
	unsigned int i;

	for (i = 0; i < regions_nr; i++) {
		if (made[i])
			memlane_region_destroy_waiting(made[i]);
		made[i] = NULL;
	}
}
