# cmake -DBUILD=... -DSOURCE=... -DLIBTORCH_ROOT=... -P run.cmake: installs the package into a folder of
# its own, builds the small project against it and runs what it built.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN} failed:\n${output}")
  endif()
endfunction()

set(prefix ${BUILD}/downstream/prefix)
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
run(${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD}/downstream/build -G Ninja -DCMAKE_PREFIX_PATH=${prefix}
    -DLIBTORCH_ROOT=${LIBTORCH_ROOT})
run(${CMAKE_COMMAND} --build ${BUILD}/downstream/build)
file(GLOB programs ${BUILD}/downstream/build/use_*)
foreach(program IN LISTS programs)
  run(${program})
endforeach()
