// flatIndex numbers the invocations of a dispatch whose groups lie in a row.
uint flatIndex() {
	return gl_GlobalInvocationID.x;
}
