// How the search orders what it finds: tasks and guides first, then other examples, tables of names and of tests last.
// Sphinx takes all values from here; those below are its own.
var Scorer = {
  score: ([docname, title, anchor, descr, score]) => {
    const worth = [
      [/^(examples|examples\/.*)\/index$|^(api|agreement|architecture|inputs|tested|versions)$/, -20],
      [/^(choosing|examples\/tasks\/.*)$/, 12],
      [/^(examples\/.*|notebooks\/.*|benchmark|faces|measuring|questions|start|texture)$/, 6],
    ];
    const found = worth.find(([pages]) => pages.test(docname));
    return score + (found ? found[1] : 0);
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
