// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers that people write. memparse() would do, did it not wrap around.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "region.h"

const char * const memlane_policy_names[MEMLANE_DROP_POLICIES] = {
	[MEMLANE_DROP_NEWEST] = "drop-newest",
	[MEMLANE_DROP_OLDEST] = "drop-oldest",
};

/**
 * memlane_parse_policy() - read which frame is lost
 * @text: one of memlane_policy_names, then at most a line end
 * @policy: takes it
 *
 * Return: 0 or -EINVAL.
 */
int memlane_parse_policy(const char *text, enum memlane_drop_policy *policy)
{
	int i = __sysfs_match_string(memlane_policy_names,
				     MEMLANE_DROP_POLICIES, text);

	if (i < 0)
		return i;
	*policy = i;
	return 0;
}

/**
 * memlane_parse_bytes() - read a count of bytes or an address
 * @text: decimal, or with 0x hexadecimal; K, M, G or T may follow, then one
 *	line end
 * @bytes: takes the number
 *
 * Return: 0, or -EINVAL if that is not all there is, or -ERANGE if it does not
 *	fit 64 bits.
 */
int memlane_parse_bytes(const char *text, u64 *bytes)
{
	static const char units[] = "KMGT";
	size_t len = strcspn(text, "\n");
	unsigned int shift = 0;
	const char *unit;
	char digits[32];
	u64 value;
	int err;

	if (!len || len >= sizeof(digits) || (text[len] && text[len + 1]))
		return -EINVAL;
	strscpy(digits, text, len + 1);

	unit = strchr(units, toupper(digits[len - 1]));
	if (unit) {
		shift = 10 * (unit - units + 1);
		digits[len - 1] = '\0';
	}

	err = kstrtou64(digits, 0, &value);
	if (err)
		return err;
	return check_shl_overflow(value, shift, bytes) ? -ERANGE : 0;
}
