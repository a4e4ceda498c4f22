"use strict";
// Jumps, and a line that follows the sound. Without it everything can be read, and the player plays.
(function () {
  function play(panel, seconds) {
    var audio = panel && panel.querySelector("audio");
    if (!audio) return false;
    audio.currentTime = seconds;
    var started = audio.play();
    if (started) started.catch(function () {});
    return true;
  }

  document.addEventListener("click", function (event) {
    var place = event.target.closest("[data-at]");
    if (place && play(place.closest("article"), Number(place.dataset.at))) {
      event.preventDefault();
      return;
    }
    var lanes = event.target.closest(".lanes");
    if (lanes) {
      var x = event.clientX - lanes.getBoundingClientRect().left;
      play(lanes.closest("article"), x / Number(lanes.dataset.pxPerS));
    }
  });

  document.querySelectorAll("article").forEach(function (panel) {
    var audio = panel.querySelector("audio");
    if (!audio) return;
    var head = panel.querySelector(".playhead");
    var scroll = panel.querySelector(".scroll");
    var words = Array.from(panel.querySelectorAll(".said [data-at]"));
    var current = null;

    function show() {
      var now = audio.currentTime;
      if (head) {
        var x = now * Number(head.parentElement.dataset.pxPerS);
        head.hidden = false;
        head.style.transform = "translateX(" + x + "px)";
        if (!audio.paused && (x < scroll.scrollLeft || x > scroll.scrollLeft + scroll.clientWidth - 60)) {
          scroll.scrollLeft = Math.max(0, x - 40);
        }
      }
      var next = null;
      words.forEach(function (word) { if (Number(word.dataset.at) <= now + 0.02) next = word; });
      if (next !== current) {
        if (current) current.classList.remove("now");
        if (next) next.classList.add("now");
        current = next;
      }
      if (!audio.paused) requestAnimationFrame(show);
    }

    audio.addEventListener("play", function () {
      if (document.documentElement.dataset.inStep === undefined) document.querySelectorAll("audio").forEach(function (other) { if (other !== audio) other.pause(); });
      show();
    });
    audio.addEventListener("seeked", show);
  });
})();
