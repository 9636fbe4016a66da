import { compileGlob } from "./glob.ts";

/**
 * What a policy states of a namespace, by its name or a pattern over names (core/glob.ts): the name itself counts before
 * patterns, and of patterns all that match, in the order of the file.
 *
 * @param namespace - absent: what is in none, of which nothing is stated
 */
export function byNamespace<Value>(
  stated: Readonly<Record<string, Value>>,
  namespace: string | undefined,
): readonly (readonly [pattern: string, value: Value])[] {
  if (namespace === undefined) return [];
  if (Object.hasOwn(stated, namespace)) return [[namespace, stated[namespace] as Value]];
  return Object.entries(stated).filter(([pattern]) => compileGlob(pattern)(namespace));
}
