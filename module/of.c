// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions from the device tree, see docs/devicetree/memlane,region.yaml, and
 * what the tree says of a physical range.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>
#include <linux/platform_device.h>
#include <linux/string.h>

#include "of.h"
#include "region.h"

static bool covers(const struct reserved_mem *mem, u64 start, u64 size)
{
	return start >= mem->base && start - mem->base < mem->size &&
	       size <= mem->size - (start - mem->base);
}

/**
 * memlane_of_reservation() - what the device tree says of a range
 * @start: physical address
 * @size: bytes, not 0
 *
 * Return: whether one node of /reserved-memory covers all of it, and how.
 */
enum memlane_reservation memlane_of_reservation(u64 start, u64 size)
{
	enum memlane_reservation found = MEMLANE_NOT_IN_TREE;
	struct device_node *parent = of_find_node_by_path("/reserved-memory");
	struct device_node *node;

	for_each_child_of_node(parent, node) {
		const struct reserved_mem *mem = of_reserved_mem_lookup(node);

		if (!mem || !covers(mem, start, size))
			continue;
		found = of_property_read_bool(node, "no-map") ?
				MEMLANE_NO_MAP : MEMLANE_MAPPED;
		of_node_put(node);
		break;
	}
	of_node_put(parent);
	return found;
}

static int read_name(struct device_node *node, struct memlane_spec *spec)
{
	const char *name = node->name;

	of_property_read_string(node, "label", &name);
	if (strscpy(spec->name, name, sizeof(spec->name)) < 0)
		return memlane_fail(spec, -ENAMETOOLONG,
				    "the label has more than %d letters",
				    MEMLANE_NAME_SIZE - 1);
	return 0;
}

static int read_range(struct device_node *node, struct memlane_spec *spec)
{
	struct device_node *memory =
		of_parse_phandle(node, "memory-region", 0);
	const struct reserved_mem *mem =
		memory ? of_reserved_mem_lookup(memory) : NULL;

	of_node_put(memory);
	if (!mem)
		return memlane_fail(spec, -EINVAL,
				    "memory-region is no node of /reserved-memory");
	spec->has_phys = true;
	spec->phys_addr = mem->base;
	spec->size = mem->size;
	return 0;
}

static int read_ring(struct device_node *node, struct memlane_spec *spec)
{
	of_property_read_u32(node, "memlane,slot-size", &spec->slot_size);
	if (of_property_read_bool(node, "memlane,drop-oldest"))
		spec->policy = MEMLANE_DROP_OLDEST;
	return 0;
}

static int read_screen(struct device_node *node, struct memlane_spec *spec)
{
	struct memlane_geometry *geo = &spec->geometry;
	const char *text;

	geo->pages = 1;
	geo->refresh = 60;
	if (of_property_read_string(node, "memlane,geometry", &text))
		return 0;
	if (memlane_parse_geometry(text, &geo->width, &geo->height))
		return memlane_fail(spec, -EINVAL,
				    "memlane,geometry is not WIDTHxHEIGHT");
	if (!of_property_read_string(node, "memlane,format", &text) &&
	    memlane_parse_format(text, &geo->format))
		return memlane_fail(spec, -EINVAL,
				    "memlane,format is no format");
	of_property_read_u32(node, "memlane,pages", &geo->pages);
	of_property_read_u32(node, "memlane,refresh", &geo->refresh);
	return 0;
}

static void destroy_region(void *region)
{
	memlane_region_destroy_waiting(region);
}

static int memlane_of_probe(struct platform_device *pdev)
{
	static int (* const read[])(struct device_node *node,
				    struct memlane_spec *spec) = {
		read_name, read_range, read_ring, read_screen,
	};
	struct memlane_spec spec = { .parent = &pdev->dev };
	struct memlane_region *region;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(read); i++) {
		int err = read[i](pdev->dev.of_node, &spec);

		if (err)
			return err;
	}
	region = memlane_region_create(&spec);
	if (IS_ERR(region))
		return PTR_ERR(region);
	return devm_add_action_or_reset(&pdev->dev, destroy_region, region);
}

static const struct of_device_id memlane_of_match[] = {
	{ .compatible = "memlane,region" },
	{ }
};
MODULE_DEVICE_TABLE(of, memlane_of_match);

static struct platform_driver memlane_of_driver = {
	.probe = memlane_of_probe,
	.driver = {
		.name = "memlane",
		.of_match_table = memlane_of_match,
		/* Unloading the module is the way, which nobody holds then. */
		.suppress_bind_attrs = true,
	},
};

int __init memlane_of_init(void)
{
	return platform_driver_register(&memlane_of_driver);
}

void memlane_of_exit(void)
{
	platform_driver_unregister(&memlane_of_driver);
}
