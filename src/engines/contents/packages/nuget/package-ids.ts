/** Ids are compared without case (NuGet docs, "Package ID"): the result gives each as the file writes it first. */
export function idSpelling(): (id: string) => string {
  const spellings = new Map<string, string>();
  return (id) => {
    const key = id.toLowerCase();
    const known = spellings.get(key);
    if (known !== undefined) return known;
    spellings.set(key, id);
    return id;
  };
}

/** `Newtonsoft.Json/13.0.1`, as NuGet names a library in its files, taken apart. */
export function libraryOf(key: string): { readonly id: string; readonly version: string } {
  const slash = key.indexOf("/");
  return slash < 0 ? { id: key, version: "" } : { id: key.slice(0, slash), version: key.slice(slash + 1) };
}
