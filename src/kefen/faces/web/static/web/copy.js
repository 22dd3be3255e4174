// Copies the text of the element that data-copy names. Without this script the text can be selected.
(function () {
  "use strict";
  var status = document.querySelector("[role=status][data-copied]");

  function say(done) {
    if (status) status.textContent = done ? status.dataset.copied : status.dataset.failed;
  }

  // For browsers inside apps and pages without TLS, which have no clipboard to write to.
  function select(element) {
    var range = document.createRange();
    range.selectNodeContents(element);
    var selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    try { return document.execCommand("copy"); } catch (error) { return false; }
  }

  document.querySelectorAll("button[data-copy]").forEach(function (button) { button.hidden = false; });

  document.addEventListener("click", function (event) {
    var control = event.target.closest("[data-copy]");
    if (!control) return;
    event.preventDefault();
    var element = document.getElementById(control.dataset.copy);
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(element.textContent.trim()).then(
        function () { say(true); }, function () { say(select(element)); });
    } else {
      say(select(element));
    }
  });
})();
