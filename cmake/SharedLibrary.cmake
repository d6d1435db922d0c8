# A library that goes into a jar: it shows its JNI functions only (exports.map) and needs nothing but the C library.
set(CAROUSEL_EXPORTS ${CMAKE_CURRENT_LIST_DIR}/../native/exports.map)

function(carousel_jar_library target folder)
  set_target_properties(${target} PROPERTIES
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/${folder}
    LINK_DEPENDS ${CAROUSEL_EXPORTS}
    NO_SONAME ON)
  target_link_options(${target} PRIVATE
    -static-libstdc++ -static-libgcc
    -Wl,--version-script=${CAROUSEL_EXPORTS} -Wl,--exclude-libs,ALL
    -Wl,-z,defs -Wl,-z,noexecstack -Wl,-z,relro -Wl,--as-needed -s)
endfunction()
