// SPDX-License-Identifier: Apache-2.0
// The part of Zephyr's file systems that ports/zephyr uses, declared by us; see kernel.h beside this folder.
#pragma once
#include <sys/types.h>
#include <cstddef>
#include <cstdint>

#define CONFIG_MOTE_STORAGE_PATH "/lfs"
#define FS_O_READ 1
#define FS_O_WRITE 2
#define FS_O_CREATE 16
#define FS_SEEK_SET 0

struct fs_file_t {
  void* filep;
};
struct fs_dirent {
  int type;
  char name[256];
  size_t size;
};
void fs_file_t_init(fs_file_t* file);
int fs_open(fs_file_t* file, const char* path, uint8_t flags);
int fs_close(fs_file_t* file);
int fs_unlink(const char* path);
int fs_rename(const char* from, const char* to);
int fs_stat(const char* path, fs_dirent* entry);
int fs_seek(fs_file_t* file, off_t offset, int whence);
ssize_t fs_read(fs_file_t* file, void* to, size_t size);
ssize_t fs_write(fs_file_t* file, const void* from, size_t size);
