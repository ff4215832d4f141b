// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices for tests: memory that a virtual machine has no hardware for, mapped
 * to programs as the drivers of such hardware map it.
 */
#include <linux/module.h>

#include "test_devices.h"

static int __init test_devices_init(void)
{
	int err;

	err = memlane_test_dma_buffer_create();
	if (err)
		return err;

	err = memlane_test_uio_create();
	if (err)
		goto destroy_dma_buffer;

	return 0;

destroy_dma_buffer:
	memlane_test_dma_buffer_destroy();
	return err;
}

static void __exit test_devices_exit(void)
{
	memlane_test_uio_destroy();
	memlane_test_dma_buffer_destroy();
}

module_init(test_devices_init);
module_exit(test_devices_exit);

MODULE_DESCRIPTION("Devices whose memory memlane's tests map");
MODULE_AUTHOR("The memlane authors");
MODULE_LICENSE("GPL");
