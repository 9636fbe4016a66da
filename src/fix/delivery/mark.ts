/** What every file says that `init --pipeline` writes, so that a later run knows its own. */
import { parseJson } from "../../core/parse-json.ts";
import { isObject } from "../../core/untyped.ts";
import type { DeliveryPlan } from "./model.ts";

const BEGINNING = "Written by bulkhead ";

/** Its first words: of a comment, or of the description that JSON has in the place of one. */
export function mark({ version, provider }: DeliveryPlan): string {
  return `${BEGINNING}${version} (bulkhead init --pipeline ${provider}). Yours to change: it is not overwritten without --force.`;
}

/** Whether a file's text begins as `mark` has it. */
export function isMarked(text: string): boolean {
  if (text.startsWith(`# ${BEGINNING}`)) return true;
  if (!text.startsWith("{")) return false;
  try {
    const value: unknown = parseJson(text);
    return isObject(value) && typeof value.description === "string" && value.description.startsWith(BEGINNING);
  } catch {
    return false;
  }
}
