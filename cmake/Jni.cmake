# carousel_jni: where jni.h is, and the headers that javac -h wrote (CAROUSEL_JNI_HEADERS).
find_path(CAROUSEL_JNI_INCLUDE jni.h HINTS ${CAROUSEL_JAVA_HOME}/include NO_DEFAULT_PATH REQUIRED)

add_library(carousel_jni INTERFACE)
target_include_directories(carousel_jni SYSTEM INTERFACE ${CAROUSEL_JNI_INCLUDE} ${CAROUSEL_JNI_INCLUDE}/linux)
target_include_directories(carousel_jni INTERFACE ${CAROUSEL_JNI_HEADERS})
