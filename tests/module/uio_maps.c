// SPDX-License-Identifier: GPL-2.0-only
/*
 * A userspace I/O device with one memory map of each kind: page frames, as of
 * a card's registers, and pages, as of a buffer that a driver allocated.
 */
#include <linux/err.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>
#include <linux/uio_driver.h>

#include "test_devices.h"

#define MAP_SIZE SZ_1M

static struct platform_device *parent;
static void *frames;
static void *pages;
static struct uio_info info = {
	.name = "memlane_test",
	.version = "1",
	.irq = UIO_IRQ_NONE,
	.mem = {
		{
			.name = "frames",
			.size = MAP_SIZE,
			.memtype = UIO_MEM_PHYS,
		},
		{
			.name = "pages",
			.size = MAP_SIZE,
			.memtype = UIO_MEM_LOGICAL,
		},
	},
};

static int alloc_maps(void)
{
	frames = alloc_pages_exact(MAP_SIZE, GFP_KERNEL | __GFP_ZERO);
	if (!frames)
		return -ENOMEM;
	pages = alloc_pages_exact(MAP_SIZE, GFP_KERNEL | __GFP_ZERO);
	if (!pages) {
		free_pages_exact(frames, MAP_SIZE);
		return -ENOMEM;
	}
	info.mem[0].addr = virt_to_phys(frames);
	info.mem[1].addr = (phys_addr_t)(uintptr_t)pages;
	return 0;
}

static void free_maps(void)
{
	free_pages_exact(pages, MAP_SIZE);
	free_pages_exact(frames, MAP_SIZE);
}

int memlane_test_uio_create(void)
{
	int err;

	err = alloc_maps();
	if (err)
		return err;

	parent = platform_device_register_simple("memlane_test_uio",
						 PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(parent)) {
		err = PTR_ERR(parent);
		goto free_maps;
	}

	err = uio_register_device(&parent->dev, &info);
	if (err)
		goto unregister_parent;

	return 0;

unregister_parent:
	platform_device_unregister(parent);
free_maps:
	free_maps();
	return err;
}

/* No file is open here: each holds the module. */
void memlane_test_uio_destroy(void)
{
	uio_unregister_device(&info);
	platform_device_unregister(parent);
	free_maps();
}
