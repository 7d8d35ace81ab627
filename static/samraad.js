/* Starts the design system's components. Every page works without this file. */
(function () {
    "use strict";
    var english = document.documentElement.lang === "en";
    if (english) {
        DKFDS.datePicker.setLanguage({
            open_calendar: "Open the calendar",
            choose_a_date: "Choose a date",
            choose_a_date_between:
                "Choose a date between {minDay} {minMonthStr} {minYear} and {maxDay} {maxMonthStr} {maxYear}",
            choose_a_date_before: "Choose a date, at the latest {maxDay} {maxMonthStr} {maxYear}.",
            choose_a_date_after: "Choose a date from {minDay} {minMonthStr} {minYear} on.",
            aria_label_date: "{dayStr} {day} {monthStr} {year}",
            current_month_displayed: "Showing {monthLabel} {focusedYear}",
            first_possible_date: "First date that can be chosen",
            last_possible_date: "Last date that can be chosen",
            previous_year: "Back one year",
            previous_month: "Back one month",
            next_month: "Forward one month",
            next_year: "Forward one year",
            select_month: "Choose a month",
            select_year: "Choose a year",
            previous_years: "Back {years} years",
            next_years: "Forward {years} years",
            guide: "With a keyboard, change day with the left and right arrows, week with up and down, month with page up and page down, year with shift and page up or page down.",
            months_displayed: "Choose a month",
            years_displayed: "Showing the years {start} to {end}. Choose a year.",
            january: "January", february: "February", march: "March", april: "April", may: "May", june: "June",
            july: "July", august: "August", september: "September", october: "October", november: "November",
            december: "December", monday: "Monday", tuesday: "Tuesday", wednesday: "Wednesday", thursday: "Thursday",
            friday: "Friday", saturday: "Saturday", sunday: "Sunday"
        });
    }
    DKFDS.init();

    /* A deed pressed twice is one deed on the server; here the second press is simply not sent. */
    document.addEventListener("submit", function (event) {
        var form = event.target;
        if (form.method !== "post" || event.defaultPrevented) {
            return;
        }
        /* The calendar reads one way of writing a day, the server many: it shall see what was typed. */
        form.querySelectorAll(".date-picker").forEach(function (picker) {
            var sent = picker.querySelector(".date-picker__internal-input");
            var typed = picker.querySelector(".date-picker__external-input");
            if (sent && typed) {
                sent.value = typed.value;
            }
        });
        if (form.dataset.sent) {
            event.preventDefault();
            return;
        }
        form.dataset.sent = "yes";
    });
    /* A field copied with its look for editors that take it, and without for those that do not. */
    document.querySelectorAll("button[data-copies]").forEach(function (button) {
        if (!navigator.clipboard || !window.ClipboardItem) {
            return;
        }
        button.hidden = false;
        button.addEventListener("click", function () {
            var html = document.getElementById(button.dataset.copies).innerHTML;
            var item = new ClipboardItem({
                "text/html": new Blob([html], {type: "text/html"}),
                "text/plain": new Blob([button.dataset.plain], {type: "text/plain"})
            });
            navigator.clipboard.write([item]).then(function () {
                button.nextElementSibling.textContent = button.dataset.done;
            });
        });
    });
    /* Long work is followed in its place; when it has ended, the page is read anew. */
    function follow() {
        setTimeout(function () {
            fetch(location.href, {credentials: "same-origin"}).then(function (answer) {
                return answer.ok ? answer.text() : Promise.reject();
            }).then(function (text) {
                var read = new DOMParser().parseFromString(text, "text/html").querySelector("[data-follows]");
                var place = document.querySelector("[data-follows]");
                if (!read || !place) {
                    location.reload();
                    return;
                }
                ["progress", ".progress-words", ".job-words"].forEach(function (part) {
                    place.querySelector(part).replaceWith(read.querySelector(part));
                });
                follow();
            }).catch(follow);
        }, 3000); /* milliseconds */
    }
    if (document.querySelector("[data-follows]")) {
        follow();
    }
    window.addEventListener("pageshow", function () {
        document.querySelectorAll("form[data-sent]").forEach(function (form) {
            delete form.dataset.sent;
        });
    });
})();
