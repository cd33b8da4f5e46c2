import { z } from "zod";
import { configSchema } from "./schema/index.ts";

/** JSON Schema of a config file, for `kvsim schema` and editors; the allocators' options are those of the registry. */
export function configSchemaJson(): unknown {
  return { title: "kvsim config", ...z.toJSONSchema(configSchema, { io: "input" }) };
}
