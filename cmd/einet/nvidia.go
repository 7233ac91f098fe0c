package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"einet/gpu"
)

// nvidiaHint says what is missing where there is an NVIDIA GPU and only software answers; "" elsewhere. Its files are below root.
func nvidiaHint(root string, devices []gpu.Device) string {
	found, _ := filepath.Glob(filepath.Join(root, "dev/nvidia[0-9]*"))
	if len(found) == 0 {
		return ""
	}
	for _, d := range devices {
		if !d.Software {
			return ""
		}
	}
	has := func(patterns ...string) bool {
		for _, p := range patterns {
			if found, _ := filepath.Glob(filepath.Join(root, p)); len(found) > 0 {
				return true
			}
		}
		return false
	}
	const library = "libEGL_nvidia.so.0"
	remedy := fmt.Sprintf("install the driver's OpenGL library (%s: %s on Ubuntu, libegl-nvidia0 on Debian)", library, nvidiaPackage(root))
	switch {
	case has("usr/lib/*/"+library, "usr/lib/"+library, "usr/lib64/"+library) && !has("usr/share/glvnd/egl_vendor.d/*nvidia*", "etc/glvnd/egl_vendor.d/*nvidia*"):
		remedy = fmt.Sprintf(`write {"file_format_version": "1.0.0", "ICD": {"library_path": "%s"}} into /usr/share/glvnd/egl_vendor.d/10_nvidia.json`, library)
	case has(".dockerenv", "run/.containerenv", ".singularity.d"):
		remedy = "start the container with its graphics: docker run --gpus all -e NVIDIA_DRIVER_CAPABILITIES=all, apptainer exec --nv"
	}
	return fmt.Sprintf("there is an NVIDIA GPU (%s), but no OpenGL driver for it answers: %s", strings.TrimPrefix(found[0], strings.TrimSuffix(root, "/")), remedy)
}

// nvidiaPackage is Ubuntu's package of the version that the kernel's module has.
func nvidiaPackage(root string) string {
	text, err := os.ReadFile(filepath.Join(root, "sys/module/nvidia/version"))
	major, _, ok := strings.Cut(strings.TrimSpace(string(text)), ".")
	if err != nil || !ok {
		major = "VERSION"
	}
	return "libnvidia-gl-" + major
}
