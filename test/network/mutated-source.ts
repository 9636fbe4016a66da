/** Puts the mistake of MUTATION into the engine's source as it is loaded. */
import { registerHooks } from "node:module";
import { mutations } from "./mutations.ts";

const { file, from, to } = mutations[Number(process.env.MUTATION)] as (typeof mutations)[number];

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith(`/src/engines/reachability/${file}`)) return loaded;
    const source = String(loaded.source);
    if (source.split(from).length !== 2) throw new Error(`${file}: not there once: ${from}`);
    return { ...loaded, source: source.replace(from, () => to) };
  },
});
