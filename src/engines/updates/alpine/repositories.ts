/** Where apk looks for packages: apk-repositories(5). */

/** The URLs of a repositories file. Those with a tag (`@edge URL`) serve only what asks for them by it. */
export function readRepositories(text: string): string[] {
  const urls: string[] = [];
  for (const line of text.split("\n")) {
    const [first] = line.trim().split(/[ \t]/, 1);
    if (first !== undefined && first !== "" && !first.startsWith("#") && !first.startsWith("@")) urls.push(first);
  }
  return urls;
}

/** `v3.22/main` of `https://…/alpine/v3.22/main`: the last two parts of the path. */
export function repositoryName(url: URL): string {
  return url.pathname
    .split("/")
    .filter((part) => part !== "")
    .slice(-2)
    .join("/");
}
