/**
 * One of Node's own modules, as `require` gives it. `import` also looks at each of its exports, some of which load others: of
 * node:fs and what else a start needs, eight milliseconds.
 *
 * @returns nothing of it where Node is too old to have this, which is before it is told so
 */
export function builtin(name) {
  return process.getBuiltinModule === undefined ? {} : process.getBuiltinModule(name);
}
