import * as z from "zod";
import { policySchema } from "./schema.ts";

/** The part of JSON Schema (draft 2020-12) that the policy's schema is written in. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
}

let made: JsonSchema | undefined;

/** What editors are given as docs/schemas/bulkhead-policy-v1.json. */
export function policyJsonSchema(): JsonSchema {
  // Every problem of a file is told by it, and to make it takes thousands of times as long as to look in it.
  made ??= exported();
  return made;
}

function exported(): JsonSchema {
  return z.toJSONSchema(policySchema, {
    target: "draft-2020-12",
    override: ({ jsonSchema }) => {
      // `format` says it readably; zod's pattern for a date says it again in 200 characters.
      if (jsonSchema.format === "date") delete jsonSchema.pattern;
      if (jsonSchema.properties?.ids !== undefined) {
        // The rules over several keys, which zod cannot export.
        jsonSchema.anyOf = ["id", "ids", "package", "path", "asset"].map((key) => ({ required: [key] }));
        jsonSchema.not = { required: ["id", "ids"] };
      }
    },
  }) as JsonSchema;
}
