import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/setup.ts"],
    globalSetup: ["test/global-setup.ts"],
    // Vitest's default leaves one of two cores idle.
    maxWorkers: "100%",
    testTimeout: 60_000,
  },
});
