/** What may configure a registry server, told before it is parsed. */

/** By its name alone: worth a look at what is in it. */
export function mayBeServerConfiguration(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return /\.(?:ya?ml|json)$/i.test(name) && /config|registry|distribution|harbor|values|zot/i.test(name);
}

/** By words that every configuration of that kind has: cheap, and wrong in one direction alone. */
export function looksLikeServerConfiguration(text: string): boolean {
  return (
    (/^["']?version["']?[ \t]{0,8}:[ \t]{0,8}["']?0\.\d{1,3}["']?[ \t]{0,8}\r?$/m.test(text) &&
      /^storage[ \t]{0,8}:/m.test(text)) ||
    (text.includes("distSpecVersion") && text.includes("storage")) ||
    text.includes("harbor_admin_password") ||
    text.includes("harborAdminPassword") ||
    (text.includes("externalURL") && /^expose[ \t]{0,8}:/m.test(text))
  );
}
