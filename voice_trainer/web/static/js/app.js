// What every page does.

/**
 * Tell a screen reader something without moving the focus.
 * @param {string} words
 */
export function announce(words) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = words;
}
