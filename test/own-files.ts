/**
 * Preloaded into processes that tests run in: files of this tree name each other whole, so that nothing has to be looked for.
 * To look for them all the same is a quarter of what loading them takes.
 */
import { registerHooks } from "node:module";

const tree = new URL("../", import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const { parentURL = "" } = context;
    const isNamed = specifier.startsWith(".") && specifier.endsWith(".ts");
    if (!isNamed || !parentURL.startsWith(tree) || parentURL.includes("/node_modules/"))
      return next(specifier, context);
    return { url: new URL(specifier, parentURL).href, format: "module-typescript", shortCircuit: true };
  },
});
