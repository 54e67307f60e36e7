// Search by sections: any word of a query may match, rare words and headings count more, see docs/search_sections.py.
// Takes the place of the two steps of Sphinx's searchtools.js that read a query and rank what is found.
{
  const SYNONYM = 0.6, BEGINNING = 0.6, MISSPELT = 0.5; // worth of words that are not the one of the query
  const REST_OF_PAGE = 0.3; // worth of what the other sections of a page have
  const AS_HEADING = 1.5; // and what a heading gains that holds the query as it is
  const SHOWN = 25, WORSE = 0.3; // pages that are shown, at most, and the score of the last beside that of the first
  const stop = new Set(SECTIONS.stop);
  const stemmer = new Stemmer();
  const weights = (stem) => (Object.hasOwn(SECTIONS.terms, stem) ? SECTIONS.terms[stem] : []);

  // Whether one letter less, more or other, or two letters swapped, makes one word of the other.
  const isNear = (a, b) => {
    let start = 0, end = 0;
    while (start < a.length && a[start] === b[start]) start++;
    while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
    const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
    return Math.max(left.length, right.length) < 2 || (left.length === 2 && left === [...right].reverse().join(""));
  };

  // Stems that stand for a word, with their worth: itself and its synonyms, else those that begin so, else a near one.
  const meant = (stem) => {
    const groups = SECTIONS.synonyms.filter((group) => group.includes(stem)).flat();
    const found = new Map(groups.map((other) => [other, SYNONYM])).set(stem, 1);
    if ([...found.keys()].some((one) => weights(one).length)) return found;
    const all = Object.keys(SECTIONS.terms);
    const alike = stem.length > 2 ? all.filter((one) => one.startsWith(stem)) : [];
    if (alike.length) return new Map(alike.map((one) => [one, BEGINNING]));
    const near = stem.length > 4 ? all.filter((one) => one[0] === stem[0] && isNear(one, stem)) : [];
    return new Map(near.flatMap((one) => [...meant(one)].map(([other, worth]) => [other, MISSPELT * worth])));
  };

  Search._parseQuery = (query) => {
    const names = query.match(/[\p{L}\p{N}_]+/gu) ?? [];
    const all = names.flatMap((name) => name.toLowerCase().split("_")).filter((word) => word && !/^\d+$/.test(word));
    const telling = all.filter((word) => !stop.has(word));
    const asked = new Set(telling.length ? telling : all);
    if (SPHINX_HIGHLIGHT_ENABLED) localStorage.setItem("sphinx_highlight_terms", [...asked].join(" "));
    return [query, new Set([...asked].map((word) => stemmer.stemWord(word))), new Set(), asked, new Set(names)];
  };

  Search._performSearch = (query, stems, excluded, highlighted, names) => {
    const ofSections = new Map(), ofPages = new Map(); // sum of the best weights of every word
    for (const stem of stems) {
      const best = new Map(), bestOfPage = new Map();
      for (const [other, worth] of meant(stem))
        for (const [section, weight] of weights(other)) {
          const page = SECTIONS.sections[section][0];
          best.set(section, Math.max(best.get(section) ?? 0, worth * weight));
          bestOfPage.set(page, Math.max(bestOfPage.get(page) ?? 0, worth * weight));
        }
      for (const [section, weight] of best) ofSections.set(section, (ofSections.get(section) ?? 0) + weight);
      for (const [page, weight] of bestOfPage) ofPages.set(page, (ofPages.get(page) ?? 0) + weight);
    }
    const results = new Map(); // the best section of every page
    const phrase = query.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
    for (const [section, weight] of ofSections) {
      const [page, anchor, heading] = SECTIONS.sections[section];
      const [docname, title] = SECTIONS.pages[page];
      const holds = phrase.includes(" ") && (heading || title).toLowerCase().includes(phrase);
      const score = Math.round((holds ? AS_HEADING : 1) * (weight + REST_OF_PAGE * ofPages.get(page)));
      if (score <= (results.get(page)?.[4] ?? 0)) continue;
      const shown = heading ? `${title} > ${heading}` : title;
      results.set(page, [docname, shown, anchor && `#${anchor}`, null, score, docname, SearchResultKind.text]);
    }
    // A query of one name, written as in Python, is answered by its page.
    const [name] = names;
    const exact = (found) => names.size === 1 && found[1].split(".").at(-1) === name;
    const objects = /[A-Z_]/.test(name) ? Search.performObjectSearch(name.toLowerCase(), new Set()) : [];
    const ordered = [...results.values()].sort((a, b) => a[4] - b[4]);
    const ranked = ordered.slice(-SHOWN).filter((found) => found[4] >= WORSE * ordered.at(-1)[4]);
    return [...ranked, ...objects.filter(exact)]; // the last is shown first
  };
}
