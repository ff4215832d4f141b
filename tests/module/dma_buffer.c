// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/udmabuf0 stands in for the u-dma-buf driver, which Debian does not ship:
 * the same names in /dev and /sys, the same formats, and the same read, write,
 * seek and mmap as that driver has for a coherent buffer.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "test_devices.h"

#define BUFFER_SIZE SZ_4M

struct dma_buffer {
	struct device dev;
	struct cdev cdev;
	void *bytes;
};

/* The one there is, from loading to unloading. */
static struct dma_buffer *the_buffer;

static loff_t buffer_llseek(struct file *file, loff_t offset, int whence)
{
	return fixed_size_llseek(file, offset, whence, BUFFER_SIZE);
}

static ssize_t buffer_read(struct file *file, char __user *to, size_t count,
			   loff_t *pos)
{
	return simple_read_from_buffer(to, count, pos, the_buffer->bytes,
				       BUFFER_SIZE);
}

static ssize_t buffer_write(struct file *file, const char __user *from,
			    size_t count, loff_t *pos)
{
	return simple_write_to_buffer(the_buffer->bytes, BUFFER_SIZE, pos, from,
				      count);
}

/* Page frames, not pages: direct I/O finds no page to transfer from. */
static int buffer_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long pfn = virt_to_phys(the_buffer->bytes) >> PAGE_SHIFT;

	if (vma->vm_pgoff + vma_pages(vma) > BUFFER_SIZE >> PAGE_SHIFT)
		return -EINVAL;
	return remap_pfn_range(vma, vma->vm_start, pfn + vma->vm_pgoff,
			       vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

static const struct file_operations buffer_fops = {
	.owner = THIS_MODULE,
	.llseek = buffer_llseek,
	.read = buffer_read,
	.write = buffer_write,
	.mmap = buffer_mmap,
};

static ssize_t size_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%d\n", BUFFER_SIZE);
}
static DEVICE_ATTR_RO(size);

static ssize_t phys_addr_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	phys_addr_t addr = virt_to_phys(the_buffer->bytes);

	return sysfs_emit(buf, "%pap\n", &addr);
}
static DEVICE_ATTR_RO(phys_addr);

static struct attribute *buffer_attrs[] = {
	&dev_attr_size.attr,
	&dev_attr_phys_addr.attr,
	NULL
};
ATTRIBUTE_GROUPS(buffer);

static struct class buffer_class = {
	.name = "u-dma-buf",
	.dev_groups = buffer_groups,
};

static void buffer_release(struct device *dev)
{
	struct dma_buffer *buffer = container_of(dev, struct dma_buffer, dev);

	free_pages_exact(buffer->bytes, BUFFER_SIZE);
	kfree(buffer);
}

static struct dma_buffer *buffer_alloc(void)
{
	struct dma_buffer *buffer = kzalloc(sizeof(*buffer), GFP_KERNEL);

	if (!buffer)
		return NULL;
	buffer->bytes = alloc_pages_exact(BUFFER_SIZE, GFP_KERNEL | __GFP_ZERO);
	if (!buffer->bytes) {
		kfree(buffer);
		return NULL;
	}
	device_initialize(&buffer->dev);
	buffer->dev.class = &buffer_class;
	buffer->dev.release = buffer_release;
	cdev_init(&buffer->cdev, &buffer_fops);
	buffer->cdev.owner = THIS_MODULE;
	return buffer;
}

static int buffer_add(struct dma_buffer *buffer)
{
	int err;

	err = dev_set_name(&buffer->dev, "udmabuf0");
	if (err)
		return err;
	err = alloc_chrdev_region(&buffer->dev.devt, 0, 1, "udmabuf");
	if (err)
		return err;
	err = cdev_device_add(&buffer->cdev, &buffer->dev);
	if (err)
		unregister_chrdev_region(buffer->dev.devt, 1);
	return err;
}

int memlane_test_dma_buffer_create(void)
{
	int err;

	err = class_register(&buffer_class);
	if (err)
		return err;

	the_buffer = buffer_alloc();
	if (!the_buffer) {
		err = -ENOMEM;
		goto unregister_class;
	}

	err = buffer_add(the_buffer);
	if (err)
		goto put_buffer;

	return 0;

put_buffer:
	put_device(&the_buffer->dev);
unregister_class:
	class_unregister(&buffer_class);
	return err;
}

/* No file is open here: each holds the module. */
void memlane_test_dma_buffer_destroy(void)
{
	dev_t devt = the_buffer->dev.devt;

	cdev_device_del(&the_buffer->cdev, &the_buffer->dev);
	unregister_chrdev_region(devt, 1);
	put_device(&the_buffer->dev);
	class_unregister(&buffer_class);
}
