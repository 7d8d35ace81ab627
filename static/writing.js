/* Writing: a counter beside each field, a warning before words are left behind, and drafts that save themselves.
   Every page works without this file; what is too long is said by the server, and a draft is saved by its button. */
(function () {
    "use strict";
    var english = document.documentElement.lang === "en";
    var words = english
        ? {
            count: "{given} of {limit} characters",
            over: "{given} of {limit} characters: {more} too many",
            failed: "The draft could not be saved just now. Your words still stand here; it is tried again."
        }
        : {
            count: "{given} af {limit} tegn",
            over: "{given} af {limit} tegn: {more} for meget",
            failed: "Kladden kunne ikke gemmes lige nu. Teksten står stadig her, og vi prøver igen."
        };
    var IDLE = 4000, BETWEEN = 20000, SHOWN_FROM = 0.5; /* milliseconds; part of the limit */

    function figure(number) {
        return number.toLocaleString(english ? "en" : "da");
    }

    /* Counted as the server does, but for characters nobody sees. */
    function length(text) {
        return Array.from(text.normalize("NFC").replace(/\r\n?/g, "\n")).length;
    }

    function later(deed, wait) {
        var timer;
        return function () {
            clearTimeout(timer);
            timer = setTimeout(deed, wait);
        };
    }

    document.querySelectorAll("[data-limit]").forEach(function (field) {
        var limit = Number(field.dataset.limit);
        var counter = document.createElement("p");
        counter.className = "form-hint counter";
        counter.setAttribute("role", "status");
        field.insertAdjacentElement("afterend", counter);
        function show() {
            var given = field.value.length < limit * SHOWN_FROM ? 0 : length(field.value);
            var text = given > limit ? words.over : words.count;
            counter.classList.toggle("counter-over", given > limit);
            counter.textContent = given < limit * SHOWN_FROM ? "" : text
                .replace("{given}", figure(given))
                .replace("{limit}", figure(limit))
                .replace("{more}", figure(given - limit));
        }
        field.addEventListener("input", later(show, 400));
        show();
    });

    var forms = Array.from(document.querySelectorAll("form.deed-form")).filter(function (form) {
        return form.method === "post";
    });

    function isDirty(form) {
        return form.dataset.unsaved !== undefined && !form.dataset.sent;
    }

    forms.forEach(function (form) {
        ["input", "change"].forEach(function (event) {
            form.addEventListener(event, function () {
                form.dataset.unsaved = "";
            });
        });
    });

    window.addEventListener("beforeunload", function (event) {
        if (forms.some(isDirty)) {
            event.preventDefault();
            event.returnValue = "";
        }
    });

    /* The language button takes along the form that somebody writes in, wherever it stands on the page. */
    document.querySelectorAll("button[name=switch_language]").forEach(function (button) {
        button.addEventListener("click", function () {
            var dirty = forms.find(isDirty);
            if (dirty) {
                dirty.id = dirty.id || "in-progress-here";
                button.setAttribute("form", dirty.id);
            }
        });
    });

    forms.forEach(function (form) {
        var said = form.querySelector("[data-saved]");
        if (!said || !window.fetch) {
            return;
        }
        var saving = false, stopped = false, last = 0, waiting = null, timer;

        function save() {
            if (saving || stopped || !isDirty(form)) {
                return;
            }
            var sent = new FormData(form);
            Array.from(sent.keys()).forEach(function (name) {
                if (name === "do" || name.indexOf("attachments") === 0) {
                    sent.delete(name);
                }
            });
            sent.append("do", "save");
            saving = true;
            last = Date.now();
            delete form.dataset.unsaved; /* what is typed from here on marks it again */
            fetch(form.getAttribute("action") || location.pathname, {
                method: "POST",
                body: sent,
                credentials: "same-origin",
                headers: { "X-Autosave": "1" }
            }).then(function (answer) {
                if ((answer.headers.get("Content-Type") || "").indexOf("json") < 0) {
                    throw new Error("no answer of the draft");
                }
                return answer.json().then(function (told) {
                    said.textContent = told.said;
                    if (answer.ok) {
                        form.elements.version.value = told.version;
                    } else {
                        stopped = told.stop;
                        form.dataset.unsaved = "";
                    }
                });
            }).catch(function () {
                said.textContent = words.failed;
                form.dataset.unsaved = "";
                timer = setTimeout(save, BETWEEN);
            }).finally(function () {
                saving = false;
                if (waiting) {
                    form.requestSubmit(waiting.submitter || undefined);
                } else if (isDirty(form)) {
                    plan();
                }
            });
        }

        function plan() {
            clearTimeout(timer);
            timer = setTimeout(save, Math.max(IDLE, last + BETWEEN - Date.now()));
        }

        form.addEventListener("input", plan);
        /* A press while the draft is on its way waits for it: it must name the draft that is then there. */
        document.addEventListener("submit", function (event) {
            if (event.target === form && saving) {
                event.preventDefault();
                event.stopImmediatePropagation();
                waiting = event;
            } else if (event.target === form) {
                clearTimeout(timer);
            }
        }, true);
    });
})();
