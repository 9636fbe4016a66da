/**
 * What Kubernetes lets an expression use (k8s.io/apiserver, pkg/cel/environment/base.go, as of 1.37): the language with optional
 * values and macros of two variables, cel-go's texts, lists and sets, and its own libraries.
 */
import { lists as extendedLists, sets } from "../extensions/lists.ts";
import { optionals } from "../extensions/optionals.ts";
import { strings } from "../extensions/strings.ts";
import { joined } from "../library.ts";
import { addresses } from "./addresses.ts";
import { authorization } from "./authorizer.ts";
import { namedFormats } from "./formats.ts";
import { lists } from "./lists.ts";
import { quantities } from "./quantity.ts";
import { regex } from "./regex.ts";
import { semver } from "./semver.ts";
import { urls } from "./urls.ts";

export const kubernetes = joined(
  { twoVariables: true, lenientPresence: true, overloads: [] },
  ...[optionals, strings, extendedLists, sets],
  ...[lists, regex, urls, addresses, quantities, semver, namedFormats, authorization],
);
