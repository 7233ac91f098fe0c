// What Go calls of library.c.
#ifndef EINET_HDF5_LIBRARY_H
#define EINET_HDF5_LIBRARY_H

#include <stdint.h>

// As in HDF5's interface. Identifiers have 64 bits since version 1.10.
typedef int64_t hid_t;
typedef int herr_t;
typedef uint64_t hsize_t;

const char *hdf5_load(const char *file);
void hdf5_quiet(void);
hid_t hdf5_make_column(hid_t at, const char *name, int kind, hsize_t chunk);
int hdf5_append(hid_t data, int kind, hsize_t before, hsize_t count, const void *values);
long long hdf5_length(hid_t data);
const char *hdf5_fault(hid_t data, hsize_t length);
int hdf5_put_matrix(hid_t at, const char *name, hsize_t rows, hsize_t columns, const uint64_t *values);
hid_t hdf5_make_rows(hid_t at, const char *name, hsize_t rows, hsize_t columns);
int hdf5_write_rows(hid_t data, hsize_t first, hsize_t rows, hsize_t columns, const float *values);
int hdf5_name_too(hid_t at, const char *name, const char *other);
int hdf5_read_all(hid_t data, int kind, void *values);
int hdf5_put_string(hid_t at, const char *name, const char *value);
int hdf5_put_uints(hid_t at, const char *name, hsize_t count, const uint32_t *values);
int hdf5_put_sorting(hid_t at, unsigned char value);
char *hdf5_get_string(hid_t at, const char *name);
hid_t hdf5_open_file(const char *path);
hid_t hdf5_create_file(const char *path);
hid_t hdf5_make_group(hid_t at, const char *name);
hid_t hdf5_open_group(hid_t at, const char *name);
hid_t hdf5_open_data(hid_t at, const char *name);
hid_t hdf5_open_any(hid_t at, const char *name);
herr_t hdf5_close_any(hid_t id);
int hdf5_has_attribute(hid_t at, const char *name);
long long hdf5_members(hid_t group);
char *hdf5_member(hid_t group, hsize_t i);
herr_t hdf5_close_file(hid_t id);
herr_t hdf5_close_group(hid_t id);
herr_t hdf5_close_data(hid_t id);

#endif
