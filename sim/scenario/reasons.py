"""What the operating system says when a file cannot be used, in Chinese and English."""

from __future__ import annotations

import errno

_ZH = {
    errno.EACCES: "权限不够",
    errno.EPERM: "权限不够",
    errno.EROFS: "文件系统只读",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "文件过大",
    errno.ENOENT: "文件或文件夹不存在",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EISDIR: "这是文件夹",
    errno.EEXIST: "已经存在",
    errno.ENOTEMPTY: "文件夹非空",
    errno.ENAMETOOLONG: "文件名过长",
    errno.ELOOP: "符号链接成环",
    errno.EBUSY: "正被占用",
    errno.EMFILE: "打开的文件过多",
    errno.ENFILE: "打开的文件过多",
    errno.EIO: "读写出错",
    errno.ENOMEM: "内存不足",
    errno.EINVAL: "参数无效",
}
"""By ``errno``; the commonest ones for files."""


def reason(error: OSError) -> tuple[str, str]:
    """Why a file could not be used.

    Parameters
    ----------
    error : OSError

    Returns
    -------
    zh, en : str
        The Chinese is the error's number where there is no word for it.
    """
    english = error.strerror or str(error)
    if error.errno is None:
        return "系统没有说明原因", english
    return _ZH.get(error.errno, f"系统错误 {error.errno}"), english
