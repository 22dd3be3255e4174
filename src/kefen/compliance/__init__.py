"""What a school keeps an eye on: words found in public texts, who invited whom, complaints."""
