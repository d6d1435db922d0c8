/* Marshalling of io.carousel.device.cuda.EmulatedMachine, which documents these functions. */
#include "io_carousel_device_cuda_EmulatedMachine.h"

#include "machine.h"

using emulation::Gemm;
using emulation::Guard;
using emulation::Machine;
using emulation::Order;
using emulation::Stream;
using emulation::Timing;

namespace {

Machine &machineOf(jlong handle) { return *reinterpret_cast<Machine *>(handle); }
Stream &streamOf(jlong handle) { return *reinterpret_cast<Stream *>(handle); }

template <class T>
T *pointer(jlong address) {
  return reinterpret_cast<T *>(address);
}

jlong handleOf(const void *object) { return reinterpret_cast<jlong>(object); }

}  // namespace

#define MACHINE(result, name) extern "C" JNIEXPORT result JNICALL Java_io_carousel_device_cuda_EmulatedMachine_##name

MACHINE(jlong, open)(JNIEnv *, jclass, jboolean reversed, jint timing, jlong capacityBytes) {
  return handleOf(new Machine(reversed ? Order::REVERSED : Order::FORWARD, static_cast<Timing>(timing),
                              static_cast<size_t>(capacityBytes)));
}

MACHINE(void, close)(JNIEnv *, jclass, jlong machine) {
  Guard guard(Machine::lock);
  delete &machineOf(machine);
}

MACHINE(jstring, explanation)(JNIEnv *env, jclass, jlong machine) {
  Guard guard(Machine::lock);
  return env->NewStringUTF(machineOf(machine).explanation().c_str());
}

MACHINE(jlong, allocate)(JNIEnv *, jclass, jlong machine, jlong bytes) {
  Guard guard(Machine::lock);
  return handleOf(machineOf(machine).memory.allocate(static_cast<size_t>(bytes)));
}

MACHINE(jint, free)(JNIEnv *, jclass, jlong machine, jlong address) {
  Guard guard(Machine::lock);
  return machineOf(machine).free(pointer<void>(address));
}

MACHINE(jlong, freeBytes)(JNIEnv *, jclass, jlong machine) {
  Guard guard(Machine::lock);
  return static_cast<jlong>(machineOf(machine).memory.freeBytes());
}

MACHINE(jobject, allocatePinned)(JNIEnv *env, jclass, jlong machine, jint bytes) {
  Guard guard(Machine::lock);
  void *memory = machineOf(machine).memory.allocatePinned(static_cast<size_t>(bytes));
  return memory == nullptr ? nullptr : env->NewDirectByteBuffer(memory, bytes);
}

MACHINE(jint, freePinned)(JNIEnv *env, jclass, jlong machine, jobject buffer) {
  Guard guard(Machine::lock);
  return machineOf(machine).freePinned(env->GetDirectBufferAddress(buffer));
}

MACHINE(jlong, openStream)(JNIEnv *, jclass, jlong machine) {
  Guard guard(Machine::lock);
  return handleOf(machineOf(machine).openStream());
}

MACHINE(jint, closeStream)(JNIEnv *, jclass, jlong stream) {
  Guard guard(Machine::lock);
  return streamOf(stream).machine.closeStream(&streamOf(stream));
}

MACHINE(jint, synchronize)(JNIEnv *, jclass, jlong stream) {
  Guard guard(Machine::lock);
  return streamOf(stream).synchronize();
}

MACHINE(jint, await)(JNIEnv *, jclass, jlong stream, jlong other) {
  Guard guard(Machine::lock);
  return streamOf(stream).await(streamOf(other));
}

MACHINE(jint, mark)(JNIEnv *, jclass, jlong stream, jint number) {
  Guard guard(Machine::lock);
  return streamOf(stream).mark(number);
}

MACHINE(jint, awaitMark)(JNIEnv *, jclass, jlong stream, jint number) {
  Guard guard(Machine::lock);
  return streamOf(stream).awaitMark(number);
}

MACHINE(jint, copy)(JNIEnv *, jclass, jlong stream, jlong to, jlong toPitch, jlong from, jlong fromPitch, jlong bytes,
                    jlong rows) {
  Guard guard(Machine::lock);
  return streamOf(stream).copy(pointer<void>(to), static_cast<size_t>(toPitch), pointer<const void>(from),
                               static_cast<size_t>(fromPitch), static_cast<size_t>(bytes), static_cast<size_t>(rows));
}

MACHINE(jint, gemm)(JNIEnv *, jclass, jlong stream, jboolean tf32, jboolean transposeA, jboolean transposeB, jint m,
                    jint n, jint k, jfloat alpha, jint operandType, jlong a, jlong strideA, jlong b, jlong strideB,
                    jfloat beta, jint resultType, jlong c, jlong strideC) {
  Guard guard(Machine::lock);
  return streamOf(stream).gemm({tf32 != 0, transposeA != 0, transposeB != 0, m, n, k, alpha, beta, operandType,
                                resultType, {pointer<void>(a), strideA}, {pointer<void>(b), strideB},
                                {pointer<void>(c), strideC}});
}
