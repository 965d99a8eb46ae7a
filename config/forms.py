"""How every form is drawn: labels, hints and errors tied together, whole-card choices."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """`{{ form }}` and `{{ field.as_field_group }}` use the templates under config/templates/forms."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
