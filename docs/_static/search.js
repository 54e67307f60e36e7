// Search by sections: any word of a query may match, rare words and headings count more, see docs/search_sections.py.
// Takes the place of the two steps of Sphinx's searchtools.js that read a query and rank what is found.
{
  const SYNONYM = 0.6, BEGINNING = 0.6, MISSPELT = 0.5; // worth of words that are not the one of the query
  const REST_OF_PAGE = 0.3; // worth of what the other sections of a page have
  const AS_HEADING = 1.5; // and what a heading gains that holds the query as it is
  const ASIDE = 0.6; // worth of words that say what is the case, beside a clause that asks
  const PAIR = 0.5; // and of two words that stand side by side in a heading, beside those of the words themselves
  const SECOND = 0.85; // sections of a page that come close to its best are shown, too
  const MOST_OF_PAGE = 2; // as far as so many
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

  // A long text in pieces of whole sentences.
  const cut = (text) => text.match(/.{1,260}(?:[.;:!?|](?=\s|$)|$)|.{1,260}(?:\s|$)/gu)?.map((piece) => piece.trim()) ?? [];

  const QUESTION =
    /\?|\b(how|what|which|why|where|when|who|whose|can|could|may|should|shall|must|is|are|do|does|did|will|would)\b/;
  const namesIn = (text) => text.match(/[\p{L}\p{N}_]+/gu) ?? [];
  const wordsIn = (text) =>
    namesIn(text).flatMap((name) => name.toLowerCase().split("_")).filter((word) => word && !/^\d+$/.test(word));

  // Words that tell something (all, where none does) of every clause of a query, and whether it asks.
  const clausesOf = (query) => {
    const clauses = query.split(/(?<=[,.;:?!])\s/).map((text) => [wordsIn(text), QUESTION.test(text.toLowerCase())]);
    const telling = clauses.map(([words, asks]) => [words.filter((word) => !stop.has(word)), asks]);
    return telling.some(([words]) => words.length) ? telling : clauses;
  };

  // Worth of every stem of a query, and of every two that stand side by side.
  const worthsOf = (query) => {
    const clauses = clausesOf(query).map(([words, asks]) => [words.map((word) => stemmer.stemWord(word)), asks]);
    const isKnown = (stem) => [...meant(stem).keys()].some((one) => weights(one).length);
    const someAsk = clauses.some(([stems, asks]) => asks && stems.some(isKnown));
    const stems = new Map(), pairs = [];
    for (const [words, asks] of clauses) {
      const worth = someAsk && !asks ? ASIDE : 1;
      words.forEach((stem, place) => {
        stems.set(stem, Math.max(stems.get(stem) ?? 0, worth));
        if (place) pairs.push([words[place - 1], stem, worth * PAIR]);
      });
    }
    return [stems, pairs];
  };

  Search._parseQuery = (query) => {
    const asked = new Set(clausesOf(query).flatMap(([words]) => words));
    if (SPHINX_HIGHLIGHT_ENABLED) localStorage.setItem("sphinx_highlight_terms", [...asked].join(" "));
    const stems = new Set([...asked].map((word) => stemmer.stemWord(word)));
    return [query, stems, new Set(), asked, new Set(namesIn(query))];
  };

  // The passage that holds most of what was asked for: of a section, or of its page, but not of the way there.
  Search.makeSearchSummary = (html, stems, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const article = page.querySelector("article") ?? page.body;
    const section = (anchor && page.getElementById(decodeURIComponent(anchor.slice(1)))) || article;
    section.querySelectorAll(".headerlink, script, style").forEach((part) => part.remove());
    const groups = [...stems].map((stem) => meant(stem));
    const worth = (text) => {
      const held = wordsIn(text).map((word) => stemmer.stemWord(word));
      return groups.reduce((sum, group) => sum + Math.max(0, ...held.map((stem) => group.get(stem) ?? 0)), 0);
    };
    const texts = [...section.querySelectorAll("p, li, dd, tr")].map((part) => part.textContent.trim().replace(/\s+/g, " "));
    const passages = texts.filter((text) => text.includes(" ")).flatMap(cut);
    const best = Math.max(...passages.map(worth));
    const summary = document.createElement("p");
    summary.classList.add("context");
    summary.textContent = passages.find((text) => worth(text) === best) ?? "";
    return summary;
  };

  Search._performSearch = (query, stems, excluded, highlighted, names) => {
    const ofSections = new Map(), ofPages = new Map(); // sum of the best weights of every word
    const count = (terms, share) => {
      const best = new Map(), bestOfPage = new Map();
      for (const [term, worth] of terms)
        for (const [section, weight] of weights(term)) {
          const page = SECTIONS.sections[section][0];
          best.set(section, Math.max(best.get(section) ?? 0, share * worth * weight));
          bestOfPage.set(page, Math.max(bestOfPage.get(page) ?? 0, share * worth * weight));
        }
      for (const [section, weight] of best) ofSections.set(section, (ofSections.get(section) ?? 0) + weight);
      for (const [page, weight] of bestOfPage) ofPages.set(page, (ofPages.get(page) ?? 0) + weight);
    };
    const [worths, pairs] = worthsOf(query);
    for (const [stem, share] of worths) count(meant(stem), share);
    for (const [one, other, share] of pairs)
      count([...meant(one)].flatMap(([a, x]) => [...meant(other)].map(([b, y]) => [`${a} ${b}`, x * y])), share);
    const results = new Map(); // the best sections of every page
    const phrase = query.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
    for (const [section, weight] of ofSections) {
      const [page, anchor, heading] = SECTIONS.sections[section];
      const [docname, title] = SECTIONS.pages[page];
      const holds = phrase.includes(" ") && (heading || title).toLowerCase().includes(phrase);
      const score = Math.round((holds ? AS_HEADING : 1) * (weight + REST_OF_PAGE * ofPages.get(page)));
      const alone = Math.round((holds ? AS_HEADING : 1) * weight);
      const shown = heading ? `${title} > ${heading}` : title;
      const result = (score) => [docname, shown, anchor && `#${anchor}`, null, score, docname, SearchResultKind.text];
      results.set(page, [...(results.get(page) ?? []), [result(score), result(alone)]]);
    }
    // The best section of a page counts with the rest of it, the others that come close to it for themselves.
    const close = (found) => {
      const [[best], ...others] = found.sort((a, b) => b[0][4] - a[0][4]);
      const near = others.filter(([result]) => result[4] >= SECOND * best[4]).map(([, alone]) => alone);
      return [best, ...near.slice(0, MOST_OF_PAGE - 1)];
    };
    // A query of one name, written as in Python, is answered by its page.
    const [name] = names;
    const exact = (found) => names.size === 1 && found[1].split(".").at(-1) === name;
    const objects = /[A-Z_]/.test(name) ? Search.performObjectSearch(name.toLowerCase(), new Set()) : [];
    const ordered = [...results.values()].flatMap(close).sort((a, b) => a[4] - b[4]);
    const ranked = ordered.slice(-SHOWN).filter((found) => found[4] >= WORSE * ordered.at(-1)[4]);
    return [...ranked, ...objects.filter(exact)]; // the last is shown first
  };
}
