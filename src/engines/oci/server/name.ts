/** What may configure a registry server, told before it is parsed. */

/** By its name alone: worth a look at what is in it. */
export function mayBeServerConfiguration(path: string): boolean {
  return /(?:^|\/)[^/]*(?:config|registry|distribution|harbor|values|zot)[^/]*\.(?:ya?ml|json)$/i.test(path);
}

/** By words that every configuration of that kind has: cheap, and wrong in one direction alone. */
export function looksLikeServerConfiguration(text: string): boolean {
  return (
    (/^["']?version["']?\s*:\s*["']?0\.\d+["']?\s*$/m.test(text) && /^storage\s*:/m.test(text)) ||
    (text.includes("distSpecVersion") && text.includes("storage")) ||
    text.includes("harbor_admin_password") ||
    text.includes("harborAdminPassword") ||
    (text.includes("externalURL") && /^expose\s*:/m.test(text))
  );
}
