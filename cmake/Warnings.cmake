# Warnings are errors, in host code; nvcc hands the options on to the host compiler.
function(carousel_warnings target)
  set(options -Wall -Wextra -Werror)
  list(JOIN options "," for_host)
  target_compile_options(${target} PRIVATE
    "$<$<COMPILE_LANGUAGE:C,CXX>:${options}>"
    # unknown pragmas are for the device compiler
    "$<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=${for_host},-Wno-unknown-pragmas;-Werror=all-warnings>")
endfunction()
