import type { FieldPath } from "../../kubernetes/field-path.ts";

/** Told of what the API server would not take. @param reason - what follows the field's name: `must not be empty` */
export type Refuse = (path: FieldPath, reason: string) => void;
