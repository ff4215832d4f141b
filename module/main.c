// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading and unloading.
 */
#include <linux/module.h>

#include "of.h"
#include "region.h"

static int __init memlane_init(void)
{
	int err;

	err = memlane_inode_init();
	if (err)
		return err;

	err = memlane_region_init();
	if (err)
		goto exit_inode;

	err = memlane_params_create();
	if (err)
		goto exit_region;

	err = memlane_of_init();
	if (err)
		goto destroy_params;

	err = memlane_configfs_init();
	if (err)
		goto exit_of;

	return 0;

exit_of:
	memlane_of_exit();
destroy_params:
	memlane_params_destroy();
exit_region:
	memlane_region_exit();
exit_inode:
	memlane_inode_exit();
	return err;
}

/*
 * No file is open here (each holds the module) and no configfs directory is
 * left (each holds the module, too): what remains are the regions of the parameter
 * and of the device tree.
 */
static void __exit memlane_exit(void)
{
	memlane_configfs_exit();
	memlane_of_exit();
	memlane_params_destroy();
	memlane_region_exit();
	memlane_inode_exit();
}

module_init(memlane_init);
module_exit(memlane_exit);

MODULE_DESCRIPTION("Memory regions for programs, and to disks with no copy");
MODULE_AUTHOR("The memlane authors");
MODULE_LICENSE("GPL");
