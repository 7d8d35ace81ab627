/* Writing the text of a document: it is shown beside as it will be read, while one writes. The page works without this
   file: a button shows the text, and nothing is saved by it. */
(function () {
    "use strict";
    var QUIET = 700; /* milliseconds without a key before the text is shown anew */
    var form = document.querySelector(".written-beside form");
    var field = form && form.elements.text;
    var preview = document.querySelector("[data-preview]");
    if (!field || !preview || !window.fetch) {
        return;
    }
    var timer, running = false, again = false;

    /* The headings before the cursor, counted as the server cuts: what is written there is the section that is shown. */
    function sectionOfCursor() {
        var before = field.value.slice(0, field.selectionStart).split("\n"), inCode = false;
        return before.filter(function (line) {
            inCode = /^ {0,3}(```|~~~)/.test(line) ? !inCode : inCode;
            return !inCode && /^ {0,3}#{1,6}[ \t]+\S/.test(line);
        }).length;
    }

    function follow() {
        var sections = preview.querySelectorAll(".document-section");
        var hasForeword = sections.length && !sections[0].querySelector(":scope > :is(h2, h3, h4, h5, h6)");
        var shown = sections[Math.max(0, sectionOfCursor() - (hasForeword ? 0 : 1))];
        var frame = preview.parentElement;
        if (shown && frame.scrollHeight > frame.clientHeight) {
            frame.scrollTop = shown.offsetTop - 16;
        }
    }

    function show() {
        if (running) {
            again = true;
            return;
        }
        var sent = new FormData(form);
        Array.from(sent.keys()).forEach(function (name) {
            if (name === "do" || sent.get(name) instanceof File) {
                sent.delete(name);
            }
        });
        sent.append("do", "look");
        running = true;
        fetch(location.href, {method: "POST", body: sent, credentials: "same-origin"}).then(function (answer) {
            return answer.text();
        }).then(function (page) {
            var shown = new DOMParser().parseFromString(page, "text/html").querySelector("[data-preview]");
            if (shown) {
                preview.replaceChildren.apply(preview, Array.from(shown.childNodes));
                follow();
            }
        }).catch(function () {
            /* What was shown stays; the next key tries again, and the button says what is the matter. */
        }).finally(function () {
            running = false;
            if (again) {
                again = false;
                show();
            }
        });
    }

    /* What Word and its like put on the clipboard is read by the server; pages that only colour their words are not. */
    var KEPT = /<(h[1-6]|li|table|b|strong|i|em|p)\b|mso-list|role="?heading/i;
    var english = document.documentElement.lang === "en";
    var words = english
        ? {
            reading: "What was pasted is being read …",
            plain: "What was pasted could not be read just now, so it stands as words only: headings, lists and tables are lost."
        }
        : {
            reading: "Det indsatte læses …",
            plain: "Det indsatte kunne ikke læses lige nu og står derfor kun som ord: overskrifter, lister og tabeller er gået tabt."
        };
    var said = document.createElement("p");
    said.className = "form-hint";
    said.setAttribute("role", "status");
    field.insertAdjacentElement("beforebegin", said);

    /* A block stands apart from the words around it. */
    function insert(text) {
        var before = field.value.slice(0, field.selectionStart), after = field.value.slice(field.selectionEnd);
        if (text.indexOf("\n") >= 0 || /^(#|- |\d+[.)] |\|)/.test(text)) {
            text = (!before || /\n\n$/.test(before) ? "" : /\n$/.test(before) ? "\n" : "\n\n") + text;
            text += !after || /^\n/.test(after) ? "" : "\n\n";
        }
        field.focus();
        /* So that it can be undone; where a browser does not know the command, it is set in. */
        if (!document.execCommand("insertText", false, text)) {
            field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
            field.dispatchEvent(new Event("input", {bubbles: true}));
        }
    }

    field.addEventListener("paste", function (event) {
        var html = event.clipboardData.getData("text/html"), plain = event.clipboardData.getData("text/plain");
        said.textContent = "";
        if (!html || !KEPT.test(html)) {
            return;
        }
        event.preventDefault();
        var sent = new FormData();
        sent.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
        /* Styles of the whole document and pictures as data are nothing that is read. */
        sent.append("html", html.replace(/<style[\s\S]*?<\/style>/gi, "").replace(/src="data:[^"]*"/gi, ""));
        field.readOnly = true;
        said.textContent = words.reading;
        fetch(form.parentElement.dataset.pasted, {
            method: "POST",
            body: sent,
            credentials: "same-origin"
        }).then(function (answer) {
            return answer.json();
        }).catch(function () {
            return {said: words.plain};
        }).then(function (told) {
            field.readOnly = false;
            insert(told.text === undefined ? plain : told.text);
            said.textContent = told.said;
        });
    });

    field.addEventListener("input", function () {
        clearTimeout(timer);
        timer = setTimeout(show, QUIET);
    });
    ["click", "keyup"].forEach(function (event) {
        field.addEventListener(event, follow);
    });
})();
