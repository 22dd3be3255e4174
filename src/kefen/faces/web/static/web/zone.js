// Says on the root whether the viewer's clock goes like the school's: then the name of its zone needs
// no mention (base.css). Runs before anything is drawn, so that nothing moves; without it names stay.
(function (root) {
  "use strict";
  if (root.dataset.offset === String(-new Date().getTimezoneOffset())) root.classList.add("same-zone");
})(document.documentElement);
