import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  {
    ignores: [
      "dist/",
      "node_modules/",
      "deploy/bundle.ts",
      "nginx/watch/bundle.ts",
      "backup/bundle.ts",
      "exporter/bundle.ts",
      "**/texts.ts",
      "**/*.cjs",
      "**/*.js",
      "**/*.mjs",
    ],
  },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    // Their own settings are for the package as it is installed; here they are checked with its sources.
    files: ["examples/**/*.ts"],
    languageOptions: { parserOptions: { projectService: false, project: "./tsconfig.json" } },
  },
);
