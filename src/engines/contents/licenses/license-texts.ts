/**
 * What texts of licenses say in their own words: sentences that one license has and no other, each with its SPDX id. Written
 * as `plainText` leaves a text: lower case, single blanks, straight quotes.
 */

/** A place of a text that says a license. */
export interface Recognized {
  readonly at: number;
  /** An SPDX expression. */
  readonly license: string;
}

/** A sentence, and the license that it is of. */
export const SENTENCES: readonly (readonly [sentence: string, license: string])[] = [
  ["apache license, version 2.0", "Apache-2.0"],
  ["apache license version 2.0", "Apache-2.0"],
  ["apache software license, version 2.0", "Apache-2.0"],
  ["apache license 2.0", "Apache-2.0"],
  ['products derived from this software may not be called "apache', "Apache-1.1"],
  ["mozilla public license version 2.0", "MPL-2.0"],
  ["mozilla public license, version 2.0", "MPL-2.0"],
  ["mozilla public license, v. 2.0", "MPL-2.0"],
  ["mozilla public license 2.0", "MPL-2.0"],
  ["mozilla public license version 1.1", "MPL-1.1"],
  ["mozilla public license, version 1.1", "MPL-1.1"],
  ["mozilla public license 1.1", "MPL-1.1"],
  ["eclipse public license - v 1.0", "EPL-1.0"],
  ["eclipse public license v1.0", "EPL-1.0"],
  ["eclipse public license - v 2.0", "EPL-2.0"],
  ["eclipse public license v2.0", "EPL-2.0"],
  ["eclipse public license v. 2.0", "EPL-2.0"],
  ["common development and distribution license (cddl) version 1.0", "CDDL-1.0"],
  ["common development and distribution license (cddl) version 1.1", "CDDL-1.1"],
  ["common public license version 1.0", "CPL-1.0"],
  ["boost software license - version 1.0", "BSL-1.0"],
  ["boost software license, version 1.0", "BSL-1.0"],
  ["sil open font license, version 1.1", "OFL-1.1"],
  ["sil open font license version 1.1", "OFL-1.1"],
  ["open font license, version 1.1", "OFL-1.1"],
  ["academic free license version 2.1", "AFL-2.1"],
  ["academic free license, version 2.1", "AFL-2.1"],
  ["academic free license version 3.0", "AFL-3.0"],
  ["the openldap public license version 2.8", "OLDAP-2.8"],
  ["q public license version 1.0", "QPL-1.0"],
  ["universal permissive license, version 1.0", "UPL-1.0"],
  ["universal permissive license (upl), version 1.0", "UPL-1.0"],
  ["european union public licence v. 1.2", "EUPL-1.2"],
  ["european union public licence v. 1.1", "EUPL-1.1"],
  ["server side public license version 1, october", "SSPL-1.0"],
  ["business source license 1.1", "BUSL-1.1"],
  ["elastic license 2.0", "Elastic-2.0"],
  ["the artistic license 2.0", "Artistic-2.0"],
  ["artistic license (2.0)", "Artistic-2.0"],
  ["the same terms as perl itself", "Artistic-1.0-Perl OR GPL-1.0-or-later"],
  ["psf license agreement for python", "PSF-2.0"],
  ["python software foundation license version 2", "PSF-2.0"],
  ["beopen.com license agreement for python 2.0", "Python-2.0"],
  ["this is free and unencumbered software released into the public domain", "Unlicense"],
  ["cc0 1.0 universal", "CC0-1.0"],
  ["creativecommons.org/publicdomain/zero/1.0", "CC0-1.0"],
  ["altered source versions must be plainly marked as such, and must not be misrepresented", "Zlib"],
  ["the freetype project license", "FTL"],
  ["png reference library license version 2", "libpng-2.0"],
  ["based in part on the work of the independent jpeg group", "IJG"],
  ["do what the fuck you want to public license", "WTFPL"],
  ["the beer-ware license", "Beerware"],
  ["unicode, inc. license agreement - data files and software", "Unicode-DFS-2016"],
  ["unicode license v3", "Unicode-3.0"],
  ["php license, version 3.01", "PHP-3.01"],
  ["zope public license (zpl) version 2.1", "ZPL-2.1"],
  ["the authors hereby grant permission to use, copy, modify, distribute, and license this software", "TCL"],
  ["information on how to obtain complete source code for the db software", "Sleepycat"],
  ["in no event shall info-zip or its contributors", "Info-ZIP"],
  ["this package is an ssl implementation written", "OpenSSL"],
  ["to deal with the software without restriction", "NCSA"],
  ["and that both the above copyright notice(s) and this permission notice appear in supporting documentation", "ICU"],
  ["gives unlimited permission to copy, distribute and modify it", "FSFUL"],
  ["gives unlimited permission to copy and/or distribute it, with or without modifications", "FSFULLR"],
  ["are permitted in any medium without royalty provided the copyright notice and this notice are preserved", "FSFAP"],
  [
    "permission is granted to anyone to use this software for any purpose on any computer system, and to alter it",
    "Spencer-94",
  ],
];

/** Beginnings of permissions that several licenses share; what follows or is missing behind tells which. */
export interface Grant {
  readonly sentence: string;
  /** Characters behind it that belong to the license. */
  readonly reach: number;
  /** The first whose sentence stands behind the beginning is meant. */
  readonly tellings: readonly (readonly [sentence: string, license: string])[];
  /** Where none does; absent where then nothing is said. */
  readonly otherwise?: string;
}

export const GRANTS: readonly Grant[] = [
  {
    sentence: "redistribution and use in source and binary forms, with or without modification",
    reach: 3_500,
    tellings: [
      ['may not be called "openssl', "OpenSSL"],
      ['may not be called "apache', "Apache-1.1"],
      ['may not be called "php', "PHP-3.01"],
      ["the origin of this software must not be misrepresented", "bzip2-1.0.6"],
      ["all advertising materials mentioning features", "BSD-4-Clause"],
      ["neither the name", "BSD-3-Clause"],
      ["may not be used to endorse or promote", "BSD-3-Clause"],
      ["may be used to endorse or promote", "BSD-3-Clause"],
    ],
    otherwise: "BSD-2-Clause",
  },
  {
    sentence: "permission is hereby granted, free of charge, to any person obtaining a copy",
    reach: 2_000,
    tellings: [
      ["to deal with the software without restriction", "NCSA"],
      ["unicode data files", "Unicode-DFS-2016"],
      ['data files and any associated documentation (the "data files")', "Unicode-3.0"],
      ["appear in supporting documentation", "ICU"],
      ["distribute, distribute with modifications, sublicense", "X11-distribute-modifications-variant"],
      ["except as contained in this notice, the name", "X11"],
      ["in the software without restriction", "MIT"],
    ],
  },
  {
    sentence: "permission is hereby granted, free of charge, to any person or organization obtaining a copy",
    reach: 400,
    tellings: [["covered by this license", "BSL-1.0"]],
  },
  {
    sentence: "permission to use, copy, modify, and distribute this software",
    reach: 1_500,
    tellings: [
      ["except as contained in this notice, the name of a copyright holder shall not", "curl"],
      ["appear in supporting documentation", "HPND"],
      ["appears in all copies and supporting documentation", "HPND"],
      ["this permission notice appear in all copies", "ISC"],
      ["for any purpose with or without fee is hereby granted. the software is provided", "0BSD"],
    ],
  },
  {
    sentence: "permission to use, copy, modify, and/or distribute this software",
    reach: 1_500,
    tellings: [
      ["this permission notice appear in all copies", "ISC"],
      ["for any purpose with or without fee is hereby granted. the software is provided", "0BSD"],
    ],
  },
  {
    sentence: "permission to use, copy, modify, distribute, and sell this software and its documentation",
    reach: 900,
    tellings: [["supporting documentation", "HPND-sell-variant"]],
  },
];

/** Names below /usr/share/common-licenses (Debian policy, 12.5) of licenses without versions to choose from. */
export const COMMON_LICENSES: ReadonlyMap<string, string> = new Map([
  ["apache-2.0", "Apache-2.0"],
  ["artistic", "Artistic-1.0-Perl"],
  ["bsd", "BSD-3-Clause"],
  ["cc0-1.0", "CC0-1.0"],
  ["mpl-1.1", "MPL-1.1"],
  ["mpl-2.0", "MPL-2.0"],
]);
