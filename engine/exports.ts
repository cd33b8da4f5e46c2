// What src/engine hands on to the rest of kvsim. Objects go out as their addresses, which nothing moves.
export { mark, release } from "./core/memory";
export * from "./exports/allocators";
export * from "./exports/latency";
export * from "./exports/pools";
export * from "./exports/results";
export * from "./exports/serving";
