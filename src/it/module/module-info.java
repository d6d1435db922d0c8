/** Somebody's module. */
module consumer {
  requires io.carousel;
}
