//go:build cgo

// What is used of HDF5's interface, as its documentation has it. Of headers it needs none, nor the library to link with: a
// machine without it loses SONATA's files and nothing else.

#include "library.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

typedef int htri_t;
typedef struct { int storage; hsize_t nlinks; int64_t max_order; int mounted; } group_info;

#define FUNCTIONS(F) \
	F(herr_t, H5open, (void)) \
	F(herr_t, H5get_libversion, (unsigned *, unsigned *, unsigned *)) \
	F(herr_t, H5free_memory, (void *)) \
	F(herr_t, H5PLset_loading_state, (unsigned)) \
	F(herr_t, H5Eset_auto2, (hid_t, void *, void *)) \
	F(hid_t, H5Fopen, (const char *, unsigned, hid_t)) \
	F(hid_t, H5Fcreate, (const char *, unsigned, hid_t, hid_t)) \
	F(herr_t, H5Fclose, (hid_t)) \
	F(hid_t, H5Gcreate2, (hid_t, const char *, hid_t, hid_t, hid_t)) \
	F(hid_t, H5Gopen2, (hid_t, const char *, hid_t)) \
	F(herr_t, H5Gget_info, (hid_t, group_info *)) \
	F(herr_t, H5Gclose, (hid_t)) \
	F(herr_t, H5Lcreate_hard, (hid_t, const char *, hid_t, const char *, hid_t, hid_t)) \
	F(ssize_t, H5Lget_name_by_idx, (hid_t, const char *, int, int, hsize_t, char *, size_t, hid_t)) \
	F(hid_t, H5Oopen, (hid_t, const char *, hid_t)) \
	F(herr_t, H5Oclose, (hid_t)) \
	F(hid_t, H5Screate, (int)) \
	F(hid_t, H5Screate_simple, (int, const hsize_t *, const hsize_t *)) \
	F(int, H5Sget_simple_extent_ndims, (hid_t)) \
	F(int, H5Sget_simple_extent_dims, (hid_t, hsize_t *, hsize_t *)) \
	F(int, H5Sget_simple_extent_type, (hid_t)) \
	F(int64_t, H5Sget_simple_extent_npoints, (hid_t)) \
	F(herr_t, H5Sselect_hyperslab, (hid_t, int, const hsize_t *, const hsize_t *, const hsize_t *, const hsize_t *)) \
	F(herr_t, H5Sclose, (hid_t)) \
	F(hid_t, H5Pcreate, (hid_t)) \
	F(herr_t, H5Pset_chunk, (hid_t, int, const hsize_t *)) \
	F(herr_t, H5Pset_obj_track_times, (hid_t, int)) \
	F(int, H5Pget_layout, (hid_t)) \
	F(int, H5Pget_external_count, (hid_t)) \
	F(int, H5Pget_chunk, (hid_t, int, hsize_t *)) \
	F(herr_t, H5Pset_elink_cb, (hid_t, void *, void *)) \
	F(herr_t, H5Pclose, (hid_t)) \
	F(hid_t, H5Dcreate2, (hid_t, const char *, hid_t, hid_t, hid_t, hid_t, hid_t)) \
	F(hid_t, H5Dopen2, (hid_t, const char *, hid_t)) \
	F(herr_t, H5Dset_extent, (hid_t, const hsize_t *)) \
	F(hid_t, H5Dget_space, (hid_t)) \
	F(hid_t, H5Dget_type, (hid_t)) \
	F(hid_t, H5Dget_create_plist, (hid_t)) \
	F(hsize_t, H5Dget_storage_size, (hid_t)) \
	F(herr_t, H5Dread, (hid_t, hid_t, hid_t, hid_t, hid_t, void *)) \
	F(herr_t, H5Dwrite, (hid_t, hid_t, hid_t, hid_t, hid_t, const void *)) \
	F(herr_t, H5Dclose, (hid_t)) \
	F(hid_t, H5Tcopy, (hid_t)) \
	F(int, H5Tget_class, (hid_t)) \
	F(size_t, H5Tget_size, (hid_t)) \
	F(herr_t, H5Tset_size, (hid_t, size_t)) \
	F(int, H5Tget_cset, (hid_t)) \
	F(herr_t, H5Tset_cset, (hid_t, int)) \
	F(htri_t, H5Tis_variable_str, (hid_t)) \
	F(hid_t, H5Tenum_create, (hid_t)) \
	F(herr_t, H5Tenum_insert, (hid_t, const char *, const void *)) \
	F(herr_t, H5Tclose, (hid_t)) \
	F(hid_t, H5Acreate2, (hid_t, const char *, hid_t, hid_t, hid_t, hid_t)) \
	F(htri_t, H5Aexists, (hid_t, const char *)) \
	F(hid_t, H5Aopen, (hid_t, const char *, hid_t)) \
	F(hid_t, H5Aget_type, (hid_t)) \
	F(hid_t, H5Aget_space, (hid_t)) \
	F(herr_t, H5Aread, (hid_t, hid_t, void *)) \
	F(herr_t, H5Awrite, (hid_t, hid_t, const void *)) \
	F(herr_t, H5Aclose, (hid_t))

// Identifiers that the library makes when it starts.
#define CONSTANTS(C) \
	C(H5T_NATIVE_UINT32_g) C(H5T_NATIVE_UINT64_g) C(H5T_NATIVE_FLOAT_g) C(H5T_NATIVE_DOUBLE_g) \
	C(H5T_STD_U32LE_g) C(H5T_STD_U8LE_g) C(H5T_C_S1_g) \
	C(H5P_CLS_DATASET_CREATE_ID_g) C(H5P_CLS_GROUP_ACCESS_ID_g) C(H5P_CLS_DATASET_ACCESS_ID_g)

#define POINTER(result, name, arguments) static result (*name) arguments;
FUNCTIONS(POINTER)
#define VALUE(name) static hid_t name;
CONSTANTS(VALUE)

enum {
	H5P_DEFAULT = 0, H5S_ALL = 0, H5S_SCALAR = 0, H5S_NULL = 2, H5S_SELECT_SET = 0,
	H5F_ACC_RDONLY = 0, H5F_ACC_TRUNC = 2,
	H5T_INTEGER = 0, H5T_FLOAT = 1, H5T_STRING = 3, H5T_CSET_UTF8 = 1,
	H5D_CHUNKED = 2, H5D_VIRTUAL = 3,
	H5_INDEX_NAME = 0, H5_ITER_INC = 0,
};
#define H5S_UNLIMITED ((hsize_t)-1)
#define H5T_VARIABLE ((size_t)-1)

// A link to another file is not followed.
static herr_t refuse(const char *a, const char *b, const char *c, const char *d, unsigned *e, hid_t f, void *g) { return -1; }
static hid_t group_access, data_access;

static hid_t access(hid_t class) {
	hid_t how = H5Pcreate(class);
	return how >= 0 && H5Pset_elink_cb(how, (void *)refuse, NULL) >= 0 ? how : -1;
}

// hdf5_load loads the library from a file; NULL, or what is wrong. A library that lacks something stays unused.
const char *hdf5_load(const char *file) {
	static char wrong[512];
	unsigned major = 0, minor = 0, release = 0;
	void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL) {
		strncpy(wrong, dlerror(), sizeof wrong - 1);
		return wrong;
	}
#define LOOK(result, name, arguments) if (dlsym(library, #name) == NULL) return "it lacks " #name;
	FUNCTIONS(LOOK)
#define FIND(result, name, arguments) *(void **)&name = dlsym(library, #name);
	FUNCTIONS(FIND)
	if (H5get_libversion(&major, &minor, &release) < 0 || (major == 1 && minor < 10) || major < 1)
		return "it is older than version 1.10";
	if (H5open() < 0 || H5PLset_loading_state(0) < 0) // a file can't make it load code
		return "it does not start";
#define COPY(name) { hid_t *at = dlsym(library, #name); if (at == NULL) return "it lacks " #name; name = *at; }
	CONSTANTS(COPY)
	group_access = access(H5P_CLS_GROUP_ACCESS_ID_g);
	data_access = access(H5P_CLS_DATASET_ACCESS_ID_g);
	if (group_access < 0 || data_access < 0)
		return "it does not start";
	return NULL;
}

// HDF5 is quiet here: what fails is told by the return value.
void hdf5_quiet(void) { H5Eset_auto2(0, NULL, NULL); }

static hid_t type_of(int kind) {
	switch (kind) {
	case 0: return H5T_NATIVE_UINT32_g;
	case 1: return H5T_NATIVE_UINT64_g;
	case 2: return H5T_NATIVE_FLOAT_g;
	default: return H5T_NATIVE_DOUBLE_g;
	}
}

hid_t hdf5_make_column(hid_t at, const char *name, int kind, hsize_t chunk) {
	hsize_t none = 0, unlimited = H5S_UNLIMITED;
	hid_t space = H5Screate_simple(1, &none, &unlimited);
	hid_t how = H5Pcreate(H5P_CLS_DATASET_CREATE_ID_g);
	hid_t made = -1;
	if (space >= 0 && how >= 0 && H5Pset_chunk(how, 1, &chunk) >= 0 && H5Pset_obj_track_times(how, 0) >= 0)
		made = H5Dcreate2(at, name, type_of(kind), space, H5P_DEFAULT, how, H5P_DEFAULT);
	H5Pclose(how);
	H5Sclose(space);
	return made;
}

int hdf5_append(hid_t data, int kind, hsize_t before, hsize_t count, const void *values) {
	hsize_t total = before + count;
	if (H5Dset_extent(data, &total) < 0)
		return -1;
	hid_t file = H5Dget_space(data), memory = H5Screate_simple(1, &count, NULL);
	int status = -1;
	if (H5Sselect_hyperslab(file, H5S_SELECT_SET, &before, NULL, &count, NULL) >= 0)
		status = H5Dwrite(data, type_of(kind), memory, file, H5P_DEFAULT, values);
	H5Sclose(memory);
	H5Sclose(file);
	return status;
}

// A whole matrix of 64 bits, in one piece.
int hdf5_put_matrix(hid_t at, const char *name, hsize_t rows, hsize_t columns, const uint64_t *values) {
	hsize_t size[2] = {rows, columns};
	hid_t space = H5Screate_simple(2, size, NULL);
	hid_t how = H5Pcreate(H5P_CLS_DATASET_CREATE_ID_g);
	hid_t data = -1;
	int status = -1;
	if (space >= 0 && how >= 0 && H5Pset_obj_track_times(how, 0) >= 0)
		data = H5Dcreate2(at, name, H5T_NATIVE_UINT64_g, space, H5P_DEFAULT, how, H5P_DEFAULT);
	if (data >= 0)
		status = rows == 0 ? 0 : H5Dwrite(data, H5T_NATIVE_UINT64_g, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
	if (H5Dclose(data) < 0)
		status = -1;
	H5Pclose(how);
	H5Sclose(space);
	return status;
}

// An empty matrix of float32, of which rows are written later.
hid_t hdf5_make_rows(hid_t at, const char *name, hsize_t rows, hsize_t columns) {
	hsize_t size[2] = {rows, columns};
	hid_t space = H5Screate_simple(2, size, NULL);
	hid_t how = H5Pcreate(H5P_CLS_DATASET_CREATE_ID_g);
	hid_t made = -1;
	if (space >= 0 && how >= 0 && H5Pset_obj_track_times(how, 0) >= 0)
		made = H5Dcreate2(at, name, H5T_NATIVE_FLOAT_g, space, H5P_DEFAULT, how, H5P_DEFAULT);
	H5Pclose(how);
	H5Sclose(space);
	return made;
}

int hdf5_write_rows(hid_t data, hsize_t first, hsize_t rows, hsize_t columns, const float *values) {
	hsize_t begin[2] = {first, 0}, size[2] = {rows, columns};
	hid_t file = H5Dget_space(data), memory = H5Screate_simple(2, size, NULL);
	int status = -1;
	if (H5Sselect_hyperslab(file, H5S_SELECT_SET, begin, NULL, size, NULL) >= 0)
		status = H5Dwrite(data, H5T_NATIVE_FLOAT_g, memory, file, H5P_DEFAULT, values);
	H5Sclose(memory);
	H5Sclose(file);
	return status;
}

// The same under another name.
int hdf5_name_too(hid_t at, const char *name, const char *other) {
	return H5Lcreate_hard(at, name, 0, other, H5P_DEFAULT, H5P_DEFAULT); // 0: at the same place
}

// hdf5_length is -1 for what is not a column of numbers, 0 for h5py's Empty.
long long hdf5_length(hid_t data) {
	hid_t space = H5Dget_space(data), type = H5Dget_type(data);
	hsize_t n = 0;
	int class = H5Tget_class(type);
	int rank = H5Sget_simple_extent_ndims(space);
	long long answer = -1;
	if (H5Sget_simple_extent_type(space) == H5S_NULL)
		answer = 0;
	else if (rank == 1 && (class == H5T_INTEGER || class == H5T_FLOAT) && H5Sget_simple_extent_dims(space, &n, NULL) == 1)
		answer = (long long)n;
	H5Tclose(type);
	H5Sclose(space);
	return answer;
}

// hdf5_fault is what speaks against reading a dataset of that many numbers: what lies in other files, chunks far beyond its length,
// and a length of which the file holds next to nothing (deflate makes 1032 bytes of one, at most). NULL for none.
const char *hdf5_fault(hid_t data, hsize_t length) {
	hid_t made = H5Dget_create_plist(data);
	hsize_t chunk = 0;
	hid_t type = H5Dget_type(data);
	hsize_t bytes = length * H5Tget_size(type);
	H5Tclose(type);
	int layout = H5Pget_layout(made), external = H5Pget_external_count(made);
	int chunked = layout != H5D_CHUNKED || H5Pget_chunk(made, 1, &chunk) == 1;
	H5Pclose(made);
	if (layout < 0 || !chunked)
		return "cannot be read";
	if (layout == H5D_VIRTUAL || external != 0)
		return "must lie in the file itself, not in others";
	if (chunk > length && chunk > 1 << 24)
		return "must have chunks of at most 2^24 numbers";
	if (length > 1 << 23 && H5Dget_storage_size(data) < bytes / 1100)
		return "claims to be longer than the file can hold";
	return NULL;
}

int hdf5_read_all(hid_t data, int kind, void *values) {
	return H5Dread(data, type_of(kind), H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
}

static int put_attribute(hid_t at, const char *name, hid_t type, const void *value) {
	hid_t space = H5Screate(H5S_SCALAR);
	hid_t a = H5Acreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
	int status = a < 0 ? -1 : H5Awrite(a, type, value);
	H5Aclose(a);
	H5Sclose(space);
	return status;
}

int hdf5_put_string(hid_t at, const char *name, const char *value) {
	hid_t type = H5Tcopy(H5T_C_S1_g);
	H5Tset_size(type, H5T_VARIABLE);
	H5Tset_cset(type, H5T_CSET_UTF8);
	int status = put_attribute(at, name, type, &value);
	H5Tclose(type);
	return status;
}

// A single value is a scalar.
int hdf5_put_uints(hid_t at, const char *name, hsize_t count, const uint32_t *values) {
	hid_t space = count == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, NULL);
	hid_t a = H5Acreate2(at, name, H5T_STD_U32LE_g, space, H5P_DEFAULT, H5P_DEFAULT);
	int status = a < 0 ? -1 : H5Awrite(a, H5T_NATIVE_UINT32_g, values);
	H5Aclose(a);
	H5Sclose(space);
	return status;
}

// SONATA's order of spikes.
int hdf5_put_sorting(hid_t at, unsigned char value) {
	hid_t type = H5Tenum_create(H5T_STD_U8LE_g);
	unsigned char v = 0;
	H5Tenum_insert(type, "none", &v);
	v = 1;
	H5Tenum_insert(type, "by_id", &v);
	v = 2;
	H5Tenum_insert(type, "by_time", &v);
	int status = put_attribute(at, "sorting", type, &value);
	H5Tclose(type);
	return status;
}

// hdf5_get_string reads a string attribute, fixed or of variable length; "" where there is none.
// The result is to be freed.
char *hdf5_get_string(hid_t at, const char *name) {
	if (H5Aexists(at, name) <= 0)
		return calloc(1, 1);
	hid_t a = H5Aopen(at, name, H5P_DEFAULT), type = H5Aget_type(a), space = H5Aget_space(a);
	int64_t values = H5Sget_simple_extent_npoints(space);
	char *text = NULL;
	H5Sclose(space);
	if (values != 1) { // for which there is no room
		H5Tclose(type);
		H5Aclose(a);
		return NULL;
	}
	if (H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0) {
		char *s = NULL;
		hid_t memory = H5Tcopy(H5T_C_S1_g);
		H5Tset_size(memory, H5T_VARIABLE);
		H5Tset_cset(memory, H5Tget_cset(type));
		if (H5Aread(a, memory, &s) >= 0 && s != NULL) {
			text = strdup(s);
			H5free_memory(s);
		}
		H5Tclose(memory);
	} else if (H5Tget_class(type) == H5T_STRING) {
		size_t size = H5Tget_size(type);
		text = calloc(1, size + 1);
		if (H5Aread(a, type, text) < 0) {
			free(text);
			text = NULL;
		}
	}
	H5Tclose(type);
	H5Aclose(a);
	return text;
}

hid_t hdf5_open_file(const char *path) { return H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT); }
hid_t hdf5_create_file(const char *path) { return H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT); }
hid_t hdf5_make_group(hid_t at, const char *name) { return H5Gcreate2(at, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT); }
hid_t hdf5_open_group(hid_t at, const char *name) { return H5Gopen2(at, name, group_access); }
hid_t hdf5_open_data(hid_t at, const char *name) { return H5Dopen2(at, name, data_access); }

hid_t hdf5_open_any(hid_t at, const char *name) { return H5Oopen(at, name, group_access); }
herr_t hdf5_close_any(hid_t id) { return H5Oclose(id); }
int hdf5_has_attribute(hid_t at, const char *name) { return H5Aexists(at, name); }

long long hdf5_members(hid_t group) {
	group_info info;
	return H5Gget_info(group, &info) < 0 ? -1 : (long long)info.nlinks;
}

char *hdf5_member(hid_t group, hsize_t i) {
	ssize_t n = H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, NULL, 0, H5P_DEFAULT);
	if (n < 0)
		return NULL;
	char *name = calloc(1, n + 1);
	H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, n + 1, H5P_DEFAULT);
	return name;
}
herr_t hdf5_close_file(hid_t id) { return H5Fclose(id); }
herr_t hdf5_close_group(hid_t id) { return H5Gclose(id); }
herr_t hdf5_close_data(hid_t id) { return H5Dclose(id); }
