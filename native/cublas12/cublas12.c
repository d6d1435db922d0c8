/*
 * A stand-in for libcublas.so.12, the one library name that JCublas2 asks for, on machines that have cuBLAS 13 only.
 * It carries that name (SONAME) and symbol version, and jumps into the library that bind() was given. Each function is
 * one jump through a slot, so that arguments in registers and on the stack arrive as they were sent, and no prototype
 * is needed. The functions that JCublas2 imports have kept their arguments from 12 to 13.
 *
 * x86-64 ELF only. Slots are written once, before JCublas2 is loaded.
 */
#include <dlfcn.h>
#include <jni.h>
#include <stddef.h>

enum { CUBLAS_STATUS_NOT_INITIALIZED = 1, CUBLAS_STATUS_NOT_SUPPORTED = 15 };

static int not_bound(void) { return CUBLAS_STATUS_NOT_INITIALIZED; }
static int not_there(void) { return CUBLAS_STATUS_NOT_SUPPORTED; }

#define FUNCTION(name) __attribute__((visibility("hidden"))) void *carousel_slot_##name = (void *)not_bound;
#include "names.inc"
#undef FUNCTION

#define FUNCTION(name)                     \
  __asm__(".pushsection .text\n"           \
          ".globl " #name "\n"             \
          ".type " #name ", @function\n"   \
          ".p2align 4\n" #name ":\n"       \
          "  endbr64\n"                    \
          "  jmp *carousel_slot_" #name "(%rip)\n" \
          ".size " #name ", . - " #name "\n" \
          ".popsection\n");
#include "names.inc"
#undef FUNCTION

static const struct {
  const char *name;
  void **slot;
} FUNCTIONS[] = {
#define FUNCTION(name) {#name, &carousel_slot_##name},
#include "names.inc"
#undef FUNCTION
};

/* Points all slots into `library`; a function that it lacks answers "not supported". Returns how many it has. */
static int point_to(void *library) {
  int found = 0;
  for (size_t i = 0; i < sizeof FUNCTIONS / sizeof *FUNCTIONS; i++) {
    void *function = dlsym(library, FUNCTIONS[i].name);
    *FUNCTIONS[i].slot = function ? function : (void *)not_there;
    found += function != NULL;
  }
  return found;
}

/* CublasStandIn.bind: loads the cuBLAS of that path; throws UnsatisfiedLinkError with the linker's words. */
JNIEXPORT jint JNICALL Java_io_carousel_device_cuda_CublasStandIn_bind(JNIEnv *env, jclass type, jstring path) {
  (void)type;
  const char *file = (*env)->GetStringUTFChars(env, path, NULL);
  if (!file) return 0; /* OutOfMemoryError is pending */
  void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  (*env)->ReleaseStringUTFChars(env, path, file);
  if (!library) {
    jclass error = (*env)->FindClass(env, "java/lang/UnsatisfiedLinkError");
    if (error) (*env)->ThrowNew(env, error, dlerror());
    return 0;
  }
  return point_to(library);
}
