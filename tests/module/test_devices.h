/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MEMLANE_TEST_DEVICES_H
#define MEMLANE_TEST_DEVICES_H

int memlane_test_dma_buffer_create(void);
void memlane_test_dma_buffer_destroy(void);

int memlane_test_uio_create(void);
void memlane_test_uio_destroy(void);

#endif
