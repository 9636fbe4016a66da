/** What kind of file a value stands in: that tells whether it may stand without quotes, and how grave it is. */
import { isForTests } from "../for-tests.ts";

/** Files in programming languages: without quotes a value is a name there. */
const PROGRAM =
  /\.(?:[cm]?[jt]sx?|pyw?|pyi|rb|erb|go|rs|java|kts?|scala|groovy|gradle|swift|mm?|cc?|cpp|cxx|hh?|hpp|cs|fs|vb|php\d?|phtml|p[lm]|lua|r|jl|dart|exs?|erl|hs|clj[sc]?|ml|nim|zig|sol|vue|svelte|s?css|less|sql|graphql|proto|ipynb|el|lisp|asm|wat|tsx|ps1|psm1|html?|jsp|astro|ejs|tmpl|mdx)$/i;

/** Text for people. */
const DOCUMENT =
  /\.(?:md|mdx|markdown|rst|adoc|asciidoc|html?|tex|org|wiki|pod)$|(?:^|\/)(?:README|CHANGELOG|HISTORY)$/i;

/** Files of settings by their names. */
const SETTINGS =
  /(?:^|\/)(?:\.env(?:\.[^/]{1,80})?|[^/]{1,160}\.(?:env|ini|cfg|cnf|conf|config|properties|ya?ml|toml|tfvars|sh|bash|zsh|fish|csh|envrc|service|socket|bat|cmd|reg|credentials)|\.(?:npmrc|pypirc|flaskenv|envrc|Renviron|htaccess|bashrc|bash_profile|bash_aliases|bash_history|zsh_history|zshrc|zshenv|zprofile|profile|cshrc|tcshrc|kshrc|login|esmtprc|msmtprc|muttrc|fetchmailrc|netrc|my\.cnf|credentials|secrets?|ftpconfig|boto|s3cfg|tugboat|wgetrc|curlrc)|(?:Dockerfile|Containerfile|Makefile|GNUmakefile|Procfile|Vagrantfile|Jenkinsfile)[^/]{0,80}|env|environment|secrets?|credentials?|config|hub)$|^config\.|^-$/i;
/** Data of which the name says so: other JSON and XML is of tests and of descriptions of interfaces as well. */
const SETTINGS_DATA =
  /(?:^|\/)[^/]{0,80}(?:settings|config|secrets?|credentials?|parameters|environment|sftp|remote-sync|datasources?|data-sources|robomongo)(?:\.[\w-]{1,40}){0,2}\.(?:json5?|xml|php)$/i;

export type Place = "configuration" | "program" | "example";

export function placeOf(path: string): Place {
  if (isForTests(path) || DOCUMENT.test(path)) return "example";
  return isSettings(path) ? "configuration" : "program";
}

export const isSettings = remembered((path) => SETTINGS.test(path) || SETTINGS_DATA.test(path));

/** Where a value may stand without quotes: `settings` as usual, `text` where nothing but its own form tells it. */
export const unquotedIn = remembered((path): "settings" | "text" | "nowhere" => {
  if (SETTINGS.test(path)) return "settings";
  return PROGRAM.test(path) ? "nowhere" : "text";
});

const GENERATED =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.ya?ml|go\.sum|[^/]+\.(?:lock|lockb|map|svg|css|min\.js|min\.mjs|po|pot|xlf|d\.ts|snap)|[^/]+_[a-z]{2,3}(?:_[A-Za-z]{2,4})?\.properties|(?:messages|labels|strings|localizable)[^/]{0,40}\.(?:properties|strings|resx|arb|json|ya?ml))$|(?:^|\/)(?:i18n|locales?|translations?|lang)\//i;

/** Lock files, maps, translations: full of random values, and of words called password. */
export const isGenerated = remembered((path) => GENERATED.test(path));

/** Files are looked at one after the other, and what is asked of a path is asked for every name in the file. */
function remembered<Answer>(answerOf: (path: string) => Answer): (path: string) => Answer {
  let known: { readonly path: string; readonly answer: Answer } | undefined;
  return (path) => {
    if (known?.path !== path) known = { path, answer: answerOf(path) };
    return known.answer;
  };
}
